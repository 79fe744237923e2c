/**
 * The strip over a tab in which the proxy's own page stands: that page says why, and here, where nothing from
 * the internet reaches, the person asks.
 */
import type { RefusalView } from "../../http/request-contract.ts";
import { useText } from "../base/language.ts";
import { Button } from "../ui/button.tsx";
import { Icon } from "../ui/icons.tsx";

export function AskBar(props: {
  readonly refusal: Pick<RefusalView, "ask" | "host" | "rule">;
  readonly onAsk: () => void;
}): React.JSX.Element {
  const t = useText();
  const { ask, host, rule } = props.refusal;
  return (
    <div
      data-testid="ask-bar"
      data-state={ask.state}
      role="status"
      className="pointer-events-auto flex w-full max-w-[60rem] items-center gap-4 rounded-12 border border-line bg-surface px-5 py-2.5 shadow-float animate-appear"
    >
      <Icon name="blocked" size={24} className="text-danger" />
      <div className="min-w-0 grow text-[0.9375rem]">
        <p className="break-all font-bold">
          {rule === "default" ? t("ask.barDefault", { host }) : t("ask.bar", { host, rule })}
        </p>
        {ask.state === "never" && <p className="text-muted">{t(`ask.never.${ask.why}`)}</p>}
        {ask.state === "asked" && <p className="text-muted">{t("ask.asked")}</p>}
        {ask.state === "can" && ask.before?.state === "refused" && (
          <p className="text-muted">{t("ask.refusedBefore", { answer: ask.before.answer })}</p>
        )}
      </div>
      {ask.state === "can" && (
        <Button size="sm" data-testid="ask-open" onClick={props.onAsk}>
          {t("ask.button")}
        </Button>
      )}
    </div>
  );
}
