/** Where the person is signed in; any of them can be ended from here. */
import { useState } from "react";
import type { SignInView } from "../../http/account-contract.ts";
import { call } from "../base/api.ts";
import { browserName } from "../base/browser-name.ts";
import { formatTime } from "../base/format.ts";
import { useLanguage, useText } from "../base/language.ts";
import { useAct } from "../base/use-act.ts";
import { useLoad } from "../base/use-load.ts";
import { Badge } from "../ui/badge.tsx";
import { Banner, ErrorBanner } from "../ui/banner.tsx";
import { Button } from "../ui/button.tsx";
import { LoadView } from "../ui/load-view.tsx";
import { Card } from "../ui/page-shell.tsx";

export function SignInsCard(): React.JSX.Element {
  const t = useText();
  const { loaded, reload } = useLoad<{ signIns: SignInView[] }>("/api/sign-ins");
  const { error, run } = useAct();
  const [ended, setEnded] = useState<number | null>(null);

  const act = async (work: () => Promise<void>): Promise<void> => {
    setEnded(null);
    await run(work);
    reload();
  };
  const endOthers = async (): Promise<void> =>
    setEnded((await call<{ ended: number }>("DELETE", "/api/sign-ins")).ended);

  return (
    <Card className="flex flex-col gap-4 overflow-hidden p-8">
      <div>
        <h2 className="text-std-20B-150">{t("security.signIns")}</h2>
        <p className="mt-1 leading-relaxed text-muted">{t("security.signInsLead")}</p>
      </div>
      {error && <ErrorBanner error={error} />}
      {ended !== null && (
        <Banner tone="good" title={t("security.signInsEnded", { count: ended })} />
      )}
      <LoadView loaded={loaded} onRetry={reload}>
        {({ signIns }) => (
          <>
            <SignInsTable
              signIns={signIns}
              onEnd={(id) => void act(() => call("DELETE", `/api/sign-ins/${id}`))}
            />
            <div>
              <Button
                variant="outline"
                data-testid="sign-out-everywhere"
                onClick={() => void act(endOthers)}
              >
                {t("security.signInsEndOthers")}
              </Button>
            </div>
          </>
        )}
      </LoadView>
    </Card>
  );
}

function SignInsTable(props: {
  readonly signIns: readonly SignInView[];
  readonly onEnd: (id: string) => void;
}): React.JSX.Element {
  const t = useText();
  const language = useLanguage();
  return (
    <div
      className="relative overflow-x-auto"
      tabIndex={0}
      role="group"
      aria-label={t("security.signIns")}
    >
      <table className="table-plain text-[0.9375rem]" data-testid="sign-ins">
        <thead>
          <tr>
            <th scope="col">{t("security.signInTerminal")}</th>
            <th scope="col">{t("security.signInBrowser")}</th>
            <th scope="col">{t("security.signInSince")}</th>
            <th scope="col">{t("security.signInSeen")}</th>
            <th scope="col">
              <span className="sr-only">{t("security.signInActions")}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {props.signIns.map((each) => (
            <tr key={each.id} data-testid="sign-in-row">
              <td className="tabular-nums">{each.terminal === "" ? "–" : each.terminal}</td>
              <td>{browserName(each.browser) ?? t("security.browserUnknown")}</td>
              <td className="whitespace-nowrap tabular-nums">
                {formatTime(language, each.createdAt)}
              </td>
              <td className="whitespace-nowrap tabular-nums">
                {formatTime(language, each.seenAt)}
              </td>
              <td className="text-right">
                {each.current ? (
                  <Badge tone="good" icon="check" text={t("security.signInHere")} />
                ) : (
                  <Button
                    size="sm"
                    variant="outline"
                    aria-label={t("security.signInEndNamed", { terminal: each.terminal })}
                    onClick={() => props.onEnd(each.id)}
                  >
                    {t("security.signInEnd")}
                  </Button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
