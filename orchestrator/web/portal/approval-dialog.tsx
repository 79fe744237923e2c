/** One file that waits for a decision: who asks and why, what the check found, and the two ways to decide. */
import { useState } from "react";
import type { ApprovalDetail, InboxApproval } from "../../http/approval-contract.ts";
import { call } from "../base/api.ts";
import { formatBytes, formatNumber, formatTime } from "../base/format.ts";
import { useLanguage, useText } from "../base/language.ts";
import { useAct } from "../base/use-act.ts";
import { useLoad } from "../base/use-load.ts";
import { isTextName } from "../i18n/dictionary.ts";
import { ApprovalPreview } from "./approval-preview.tsx";
import { displayAddress } from "../base/address.ts";
import { Banner, ErrorBanner } from "../ui/banner.tsx";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { TextAreaField } from "../ui/field.tsx";
import { LoadView } from "../ui/load-view.tsx";

type Decision = "approve" | "refuse";

export function ApprovalDialog(props: {
  readonly id: string;
  readonly onClose: () => void;
  readonly onDecided: () => void;
}): React.JSX.Element {
  const t = useText();
  const path = `/api/approvals/${encodeURIComponent(props.id)}`;
  const { loaded, reload } = useLoad<ApprovalDetail>(path);
  const [answer, setAnswer] = useState("");
  const [missing, setMissing] = useState(false);
  const { busy, error, run } = useAct();
  const detail = loaded.state === "value" ? loaded.value : null;
  const isOpen = detail?.approval.state === "open";

  const decide = async (decision: Decision): Promise<void> => {
    setMissing(answer.trim() === "");
    if (answer.trim() === "" || busy) return;
    await run(async () => {
      await call("POST", `${path}/decide`, { decision, answer: answer.trim() });
      props.onDecided();
    });
  };

  return (
    <Dialog
      wide
      title={detail?.approval.name ?? t("approvals.title")}
      onClose={props.onClose}
      dismissable={answer === ""}
      actions={
        <>
          <Button variant="text" onClick={props.onClose}>
            {t("common.close")}
          </Button>
          {isOpen && (
            <>
              <Button
                variant="danger"
                disabled={busy}
                data-testid="approval-refuse"
                onClick={() => void decide("refuse")}
              >
                {t("approvals.refuse")}
              </Button>
              <Button
                disabled={busy}
                data-testid="approval-approve"
                onClick={() => void decide("approve")}
              >
                {busy ? t("approvals.busy") : t("approvals.approve")}
              </Button>
            </>
          )}
        </>
      }
    >
      {error && <ErrorBanner error={error} />}
      <LoadView loaded={loaded} onRetry={reload}>
        {(found) => <Facts detail={found} path={path} />}
      </LoadView>
      {isOpen && (
        <TextAreaField
          label={t("approvals.answer")}
          error={missing ? t("approvals.answerMissing") : undefined}
          maxLength={500}
          testId="approval-answer"
          value={answer}
          onChange={setAnswer}
        />
      )}
    </Dialog>
  );
}

function Facts(props: {
  readonly detail: ApprovalDetail;
  readonly path: string;
}): React.JSX.Element {
  const t = useText();
  const language = useLanguage();
  const { approval, check } = props.detail;
  const isUpload = approval.direction === "upload";
  const rows: readonly (readonly [string, string])[] = [
    [t("approvals.requester"), approval.requester],
    [t("approvals.section"), approval.groups.join(", ") || t("approvals.noSection")],
    [t("approvals.terminal"), approval.terminal],
    [t("files.reason"), approval.reason],
    [t(isUpload ? "files.target" : "files.source"), displayAddress(approval.source)],
    [t("approvals.type"), typeName(t, approval.contentType)],
    [t("approvals.size"), formatBytes(language, approval.sizeBytes)],
    [t("approvals.hash"), approval.sha256],
    ...(check === null
      ? []
      : [[t("approvals.verdict"), language === "ja" ? check.messageJa : check.messageEn] as const]),
    [t("approvals.scan"), scanText(t, language, check)],
  ];
  return (
    <>
      {isUpload && <Banner tone="caution" title={t("approvals.upload")} />}
      {!isUpload && !approval.sanitized && approval.state === "open" && (
        <Banner tone="caution" title={t("approvals.original")} />
      )}
      {check?.scanner.testSetOnly === true && (
        <Banner tone="danger" title={t("approvals.scanTestSet")} />
      )}
      <dl className="grid gap-x-6 gap-y-2 text-[0.9375rem] sm:grid-cols-[max-content_1fr]">
        {rows.map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="-mb-2 text-muted sm:mb-0">{name}</dt>
            <dd className="whitespace-pre-line [overflow-wrap:anywhere]">{value}</dd>
          </div>
        ))}
      </dl>
      {check !== null && (
        <a
          className="self-start text-[0.875rem] text-primary underline underline-offset-2"
          href={`${props.path}/manifest`}
          download
        >
          {t("tray.manifest")}
        </a>
      )}
      {approval.state === "open" && (
        <ApprovalPreview path={`${props.path}/preview`} name={approval.name} />
      )}
      {approval.decidedAt !== null && <Decided approval={approval} />}
    </>
  );
}

/** Kinds that people decide about have a name; of others the file's own word is shown. */
function typeName(t: ReturnType<typeof useText>, type: string): string {
  const name = `type.${type}`;
  return isTextName(name) ? t(name as "type.jtd") : type;
}

function scanText(
  t: ReturnType<typeof useText>,
  language: ReturnType<typeof useLanguage>,
  check: ApprovalDetail["check"],
): string {
  if (check === null) return t("approvals.noRecord");
  return t("approvals.scanClean", {
    version: check.scanner.version ?? "–",
    count: formatNumber(language, check.scanner.signatures),
  });
}

function Decided(props: { readonly approval: InboxApproval }): React.JSX.Element {
  const t = useText();
  const language = useLanguage();
  const { decidedBy, decidedAt, decidedFor, answer } = props.approval;
  return (
    <p className="whitespace-pre-line rounded-8 bg-sunken px-4 py-3 text-[0.9375rem]">
      {t("approvals.decided", { by: decidedBy ?? "–", at: formatTime(language, decidedAt) })}
      {decidedFor !== null && ` ${t("approvals.inPlaceOf", { name: decidedFor })}`}
      {answer !== "" && `\n${answer}`}
    </p>
  );
}
