/** One's own judged files: verdict, record to keep, and what became of a request for approval. */
import { useState } from "react";
import type { FilePage, MyApproval, MyFile } from "../../http/approval-contract.ts";
import { call } from "../base/api.ts";
import { formatBytes, formatTime } from "../base/format.ts";
import { useLanguage, useText } from "../base/language.ts";
import { useAct } from "../base/use-act.ts";
import { useLoad } from "../base/use-load.ts";
import { ApprovalBadge } from "../ui/approval-badge.tsx";
import { displayAddress } from "../base/address.ts";
import { Badge } from "../ui/badge.tsx";
import { ErrorBanner } from "../ui/banner.tsx";
import { Button } from "../ui/button.tsx";
import { EmptyState, LoadView } from "../ui/load-view.tsx";
import { Card, PageHeading, PageShell } from "../ui/page-shell.tsx";
import { Paging } from "../ui/paging.tsx";
import { ReceiveButton } from "../ui/receive-button.tsx";
import { SearchForm, searchOf } from "../ui/search-form.tsx";
import {
  SavedTo,
  SaveToFolder,
  type SharedFolder,
  useSharedFolders,
} from "../ui/save-to-folder.tsx";
import { VerdictBadge } from "../ui/verdict-badge.tsx";

/** An approval that comes while the page is open shows by itself. */
const pollMs = 5_000;

export function FilesPage(): React.JSX.Element {
  const t = useText();
  const [words, setWords] = useState("");
  const [before, setBefore] = useState<number | null>(null);
  const { loaded, reload } = useLoad<FilePage>(`/api/files${searchOf(words, before)}`, pollMs);
  const folders = useSharedFolders();
  const { error, run } = useAct();
  const withdraw = (approval: MyApproval): Promise<boolean> =>
    run(async () => {
      await call("DELETE", `/api/approvals/${encodeURIComponent(approval.id)}`);
      reload();
    });
  return (
    <PageShell title={t("files.title")}>
      <PageHeading title={t("files.title")} lead={t("files.lead")} />
      <SearchForm
        label={t("files.search")}
        onSearch={(next) => {
          setBefore(null);
          setWords(next);
        }}
      />
      {error && <ErrorBanner error={error} />}
      <LoadView loaded={loaded} onRetry={reload}>
        {({ files, nextBefore }) => (
          <>
            {files.length === 0 ? (
              <Card>
                <EmptyState text={t("files.empty")} />
              </Card>
            ) : (
              <ul className="flex flex-col gap-3" data-testid="my-files">
                {files.map((file) => (
                  <FileItem
                    key={file.id}
                    file={file}
                    folders={folders}
                    onSaved={reload}
                    onWithdraw={(approval) => void withdraw(approval)}
                  />
                ))}
              </ul>
            )}
            <Paging isFirst={before === null} nextBefore={nextBefore} onBefore={setBefore} />
          </>
        )}
      </LoadView>
    </PageShell>
  );
}

function FileItem(props: {
  readonly file: MyFile;
  readonly folders: readonly SharedFolder[];
  readonly onSaved: () => void;
  readonly onWithdraw: (approval: MyApproval) => void;
}): React.JSX.Element {
  const t = useText();
  const language = useLanguage();
  const { file } = props;
  const isUpload = file.direction === "upload";
  return (
    <li
      data-testid="my-file"
      data-name={file.name}
      data-verdict={file.verdict}
      className="flex flex-col gap-2 rounded-12 border border-line bg-surface px-5 py-4 shadow-card"
    >
      <div className="flex flex-wrap items-center gap-3">
        {isUpload && <Badge tone="info" text={t("files.upload")} />}
        <VerdictBadge verdict={file.verdict} />
        <p className="min-w-0 grow break-all font-bold">{file.name}</p>
        <p className="text-[0.8125rem] text-muted tabular-nums">
          {formatBytes(language, file.sizeBytes)} / {formatTime(language, file.receivedAt)}
        </p>
      </div>
      <p className="text-[0.875rem] leading-relaxed">
        {language === "ja" ? file.messageJa : file.messageEn}
        {file.inTray && <span className="block">{t("files.inTray")}</span>}
      </p>
      {file.source !== "" && (
        <p className="break-all text-[0.8125rem] text-muted">
          {t(isUpload ? "files.target" : "files.source")}: {displayAddress(file.source)}
        </p>
      )}
      {file.approval && (
        <ApprovalState
          approval={file.approval}
          folders={props.folders}
          onSaved={props.onSaved}
          onWithdraw={props.onWithdraw}
        />
      )}
      {file.savedAs !== null && <SavedTo shownAs={file.savedAs} />}
      {file.hasManifest && (
        <a
          className="self-start text-[0.8125rem] text-primary underline underline-offset-2"
          href={`/api/files/${file.id}/manifest`}
          download
          aria-label={t("tray.manifestNamed", { name: file.name })}
        >
          {t("tray.manifest")}
        </a>
      )}
    </li>
  );
}

function ApprovalState(props: {
  readonly approval: MyApproval;
  readonly folders: readonly SharedFolder[];
  readonly onSaved: () => void;
  readonly onWithdraw: (approval: MyApproval) => void;
}): React.JSX.Element {
  const t = useText();
  const language = useLanguage();
  const { approval, onWithdraw } = props;
  const folders = props.folders.filter(({ originals }) => originals || approval.sanitized);
  const isUpload = approval.direction === "upload";
  const file = `/api/approvals/${encodeURIComponent(approval.id)}`;
  return (
    <div
      className="flex flex-wrap items-center gap-3 rounded-8 bg-sunken px-4 py-3 text-[0.875rem]"
      data-testid="my-approval"
      data-state={approval.state}
    >
      <ApprovalBadge state={approval.state} />
      <div className="min-w-0 grow whitespace-pre-line break-words leading-relaxed">
        <p>
          {t("files.reason")}: {approval.reason}
        </p>
        {approval.answer !== "" && (
          <p>
            {t("files.answer", { by: approval.decidedBy ?? "–" })}: {approval.answer}
          </p>
        )}
        <p className="text-muted">
          {approval.state === "open" &&
            t("files.decideUntil", { at: formatTime(language, approval.expiresAt) })}
          {approval.collectedAt !== null &&
            t(isUpload ? "files.passedOn" : "files.collected", {
              at: formatTime(language, approval.collectedAt),
            })}
          {approval.state === "approved" &&
            approval.collectedAt === null &&
            (approval.keptUntil === null
              ? t("files.notKept")
              : t(isUpload ? "files.uploadUntil" : "files.keptUntil", {
                  at: formatTime(language, approval.keptUntil),
                }))}
        </p>
      </div>
      {approval.state === "open" && (
        <Button
          size="sm"
          variant="text"
          data-testid="approval-withdraw"
          aria-label={t("approval.withdrawNamed", { name: approval.name })}
          onClick={() => onWithdraw(approval)}
        >
          {t("approval.withdraw")}
        </Button>
      )}
      {approval.state === "approved" && approval.keptUntil !== null && !isUpload && (
        <>
          <ReceiveButton file={file} name={approval.name} testId="approval-receive" />
          {folders.length > 0 && (
            <SaveToFolder
              file={file}
              name={approval.name}
              folders={folders}
              onSaved={props.onSaved}
            />
          )}
        </>
      )}
    </div>
  );
}
