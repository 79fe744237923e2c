/** What the tray offers for a file that only a person can release: asking, and what became of it. */
import { useState } from "react";
import type { Download } from "../../http/file-contract.ts";
import { call } from "../base/api.ts";
import { useLanguage, useText } from "../base/language.ts";
import { useAct } from "../base/use-act.ts";
import { ApprovalBadge } from "../ui/approval-badge.tsx";
import { ReceiveButton } from "../ui/receive-button.tsx";
import { AskForm } from "./ask-form.tsx";

export function ApprovalPart(props: {
  readonly download: Download;
  readonly approval: NonNullable<Download["approval"]>;
}): React.JSX.Element {
  const t = useText();
  const { download, approval } = props;
  if (approval.state === "can") return <AskForDownload download={download} />;
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
        <ReceiveButton
          file={`/api/approvals/${encodeURIComponent(approval.id)}`}
          name={download.name}
          testId="approval-receive"
        />
      )}
    </div>
  );
}

function AskForDownload(props: { readonly download: Download }): React.JSX.Element {
  const t = useText();
  const language = useLanguage();
  const { busy, error, run } = useAct();
  const [isAsked, setAsked] = useState(false);

  const ask = async (reason: string): Promise<void> => {
    const path = `/api/downloads/${props.download.id}/approval`;
    // What became of it arrives with the tray's own news.
    setAsked(await run(() => call("POST", path, { reason })));
  };

  return (
    <AskForm
      testId="approval"
      help={t(
        props.download.reason === "policy-approval"
          ? "approval.reasonHelpSanitized"
          : "approval.reasonHelp",
      )}
      disabled={busy || isAsked}
      onAsk={(reason) => void ask(reason)}
    >
      {error !== null && (
        <p role="alert" className="text-[0.875rem] text-danger">
          {language === "ja" ? `${error.ja}${error.nextJa}` : `${error.en} ${error.nextEn}`}
        </p>
      )}
    </AskForm>
  );
}
