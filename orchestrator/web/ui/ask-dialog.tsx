/**
 * Asking for a refused site, in the terminal's own page: nothing in the isolated browser can fill this in or
 * press its button. What is asked for is the proxy's record; the person adds the reason.
 */
import { useState } from "react";
import type { MyRequest, RefusalView } from "../../http/request-contract.ts";
import { call } from "../base/api.ts";
import { useText } from "../base/language.ts";
import { ruleText } from "../base/rule-text.ts";
import { useAct } from "../base/use-act.ts";
import { TextAreaField } from "./field.tsx";
import { FormDialog } from "./form-dialog.tsx";

export function AskDialog(props: {
  readonly refusal: Pick<RefusalView, "ask" | "host" | "id" | "owner" | "rule" | "ruleName">;
  readonly onClose: () => void;
  readonly onAsked: (request: MyRequest) => void;
}): React.JSX.Element {
  const t = useText();
  const [reason, setReason] = useState("");
  const [missing, setMissing] = useState(false);
  const act = useAct();
  const { refusal } = props;

  const send = (): void => {
    setMissing(reason.trim() === "");
    if (reason.trim() === "") return;
    const body = { refusal: refusal.id, reason: reason.trim() };
    void act.run(async () => props.onAsked(await call<MyRequest>("POST", "/api/requests", body)));
  };

  return (
    <FormDialog
      title={t("ask.title")}
      act={act}
      submit={t("ask.send")}
      busy={t("ask.sending")}
      testId="ask-send"
      dismissable={reason === ""}
      onSubmit={send}
      onClose={props.onClose}
    >
      <p className="text-[0.9375rem] text-muted">{t("ask.lead")}</p>
      <dl className="grid grid-cols-[max-content_1fr] gap-x-6 gap-y-1 rounded-8 bg-sunken px-5 py-3 text-[0.9375rem]">
        <dt className="text-muted">{t("block.host")}</dt>
        <dd className="break-all font-bold">{refusal.host}</dd>
        <dt className="text-muted">{t("block.rule")}</dt>
        <dd className="break-all">{ruleText(t, refusal)}</dd>
        {refusal.owner !== undefined && (
          <>
            <dt className="text-muted">{t("block.owner")}</dt>
            <dd className="break-all">{refusal.owner}</dd>
          </>
        )}
      </dl>
      <Before ask={refusal.ask} />
      <TextAreaField
        label={t("ask.reason")}
        help={t("ask.reasonHelp")}
        error={missing ? t("ask.reasonMissing") : undefined}
        maxLength={500}
        autoFocus
        testId="ask-reason"
        value={reason}
        onChange={setReason}
      />
    </FormDialog>
  );
}

/** What the person was told the last time. */
export function Before(props: { readonly ask: RefusalView["ask"] }): React.JSX.Element | null {
  const t = useText();
  const before = props.ask.state === "can" ? props.ask.before : undefined;
  if (before?.state === "refused")
    return (
      <p className="border-l-4 border-caution pl-3 text-[0.9375rem]">
        {t("ask.refusedBefore", { answer: before.answer })}
      </p>
    );
  if (before?.state !== "expired") return null;
  return <p className="border-l-4 border-line pl-3 text-[0.9375rem]">{t("ask.expiredBefore")}</p>;
}
