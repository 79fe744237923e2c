/** What the tray offers for a file that only a person can release: asking, and what became of it. */
import { type SyntheticEvent, useId, useState } from "react";
import type { Download } from "../../http/file-contract.ts";
import { call } from "../base/api.ts";
import { useLanguage, useText } from "../base/language.ts";
import { useAct } from "../base/use-act.ts";
import { ApprovalBadge } from "../ui/approval-badge.tsx";
import { Button } from "../ui/button.tsx";
import { ReceiveApproved } from "../ui/receive-approved.tsx";

export function ApprovalPart(props: {
  readonly download: Download;
  readonly approval: NonNullable<Download["approval"]>;
}): React.JSX.Element {
  const t = useText();
  const { download, approval } = props;
  if (approval.state === "can") return <AskForm download={download} />;
  return (
    <div
      className="flex flex-col items-start gap-2 rounded-8 bg-sunken px-4 py-3 text-[0.875rem] leading-relaxed"
      data-testid="approval-state"
      data-state={approval.state}
    >
      <ApprovalBadge state={approval.state} />
      <p className="whitespace-pre-line break-words">
        {approval.state === "open" && t("approval.asked")}
        {approval.state === "approved" && t("approval.approved", { answer: approval.answer })}
        {approval.state === "refused" && t("approval.refused", { answer: approval.answer })}
        {(approval.state === "expired" || approval.state === "withdrawn") && t("approval.over")}
      </p>
      {approval.state === "approved" && approval.id !== null && (
        <ReceiveApproved id={approval.id} name={download.name} />
      )}
    </div>
  );
}

function AskForm(props: { readonly download: Download }): React.JSX.Element {
  const t = useText();
  const language = useLanguage();
  const id = useId();
  const [reason, setReason] = useState("");
  const { busy, error, run } = useAct();
  const [isAsked, setAsked] = useState(false);
  const isIdle = busy || isAsked || reason.trim() === "";

  const ask = async (event: SyntheticEvent): Promise<void> => {
    event.preventDefault();
    if (isIdle) return;
    const path = `/api/downloads/${props.download.id}/approval`;
    // What became of it arrives with the tray's own news.
    setAsked(await run(() => call("POST", path, { reason: reason.trim() })));
  };

  return (
    <form className="flex flex-col gap-2" onSubmit={(event) => void ask(event)}>
      <label htmlFor={id} className="text-dns-14B-130">
        {t("approval.reason")}
      </label>
      <p id={`${id}-help`} className="text-[0.8125rem] leading-relaxed text-muted">
        {t(
          props.download.reason === "policy-approval"
            ? "approval.reasonHelpSanitized"
            : "approval.reasonHelp",
        )}
      </p>
      <textarea
        id={id}
        data-testid="approval-reason"
        className="input px-3! py-2!"
        rows={2}
        maxLength={500}
        value={reason}
        aria-describedby={`${id}-help`}
        onChange={(event) => setReason(event.target.value)}
      />
      <Button
        size="sm"
        type="submit"
        className="self-start"
        disabled={isIdle}
        data-testid="approval-ask"
      >
        {t("approval.ask")}
      </Button>
      {error !== null && (
        <p role="alert" className="text-[0.875rem] text-danger">
          {language === "ja" ? `${error.ja}${error.nextJa}` : `${error.en} ${error.nextEn}`}
        </p>
      )}
    </form>
  );
}
