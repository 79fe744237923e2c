/** The closing page: why it ended, that nothing remains, and the way back in. */
import type { Session } from "../../http/contract.ts";
import { useText } from "../base/language.ts";
import { Banner } from "../ui/banner.tsx";
import { Button, LinkButton } from "../ui/button.tsx";
import { HouseDrawing } from "../ui/logo.tsx";
import { startPathOf } from "./opening.ts";

export interface Ending {
  /** "gone": the API does not know the session any more and cannot say why. */
  readonly reason: NonNullable<Session["endReason"]> | "gone";
  readonly message: string | null;
  /** Where the active tab was, to open it again. */
  readonly lastUrl: string;
}

export function EndedPage(props: { readonly ending: Ending }): React.JSX.Element {
  const t = useText();
  const { reason, message, lastUrl } = props.ending;
  return (
    <main
      data-testid="ended"
      data-reason={reason}
      className="mx-auto flex min-h-dvh max-w-[40rem] flex-col items-center justify-center gap-8 px-8 text-center animate-appear"
    >
      <HouseDrawing lit={false} className="w-72 text-muted" />
      <div>
        <h1 className="text-std-28B-150">{t("ended.title")}</h1>
        <p className="mt-4 text-std-17N-170">{t(`ended.reason.${reason}`)}</p>
        <p className="mt-1 text-muted">{t("ended.body")}</p>
      </div>
      {message !== null && message !== "" && (
        <div className="w-full text-left">
          <Banner tone="info" title={t("ended.message")}>
            <p className="whitespace-pre-line">{message}</p>
          </Banner>
        </div>
      )}
      <div className="flex flex-wrap justify-center gap-4">
        <Button
          size="lg"
          data-testid="open-again"
          autoFocus
          onClick={() => location.assign(startPathOf(lastUrl))}
        >
          {t("ended.again")}
        </Button>
        <Button size="lg" variant="outline" onClick={closeTab}>
          {t("ended.close")}
        </Button>
        <LinkButton size="lg" variant="text" href="/">
          {t("common.toPortal")}
        </LinkButton>
      </div>
    </main>
  );
}

/** A tab that the person opened by its address cannot close itself; it goes to the portal then. */
function closeTab(): void {
  window.close();
  window.setTimeout(() => location.assign("/"), 200);
}
