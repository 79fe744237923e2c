/** Auditors' search over the records of judged files. */
import { useState } from "react";
import type { AdminFile, AdminFilePage } from "../../http/approval-contract.ts";
import { formatTime } from "../base/format.ts";
import { useLanguage, useText } from "../base/language.ts";
import { useLoad } from "../base/use-load.ts";
import { displayAddress } from "../base/address.ts";
import { Badge } from "../ui/badge.tsx";
import { EmptyState, LoadView } from "../ui/load-view.tsx";
import { Card, PageHeading, PageShell } from "../ui/page-shell.tsx";
import { Paging } from "../ui/paging.tsx";
import { SearchForm, searchOf } from "../ui/search-form.tsx";
import { VerdictBadge } from "../ui/verdict-badge.tsx";
import { TableHead } from "../ui/table-head.tsx";

export default function AdminFilesPage(): React.JSX.Element {
  const t = useText();
  const [words, setWords] = useState("");
  const [before, setBefore] = useState<number | null>(null);
  const { loaded, reload } = useLoad<AdminFilePage>(`/api/admin/records${searchOf(words, before)}`);
  return (
    <PageShell title={t("records.title")}>
      <PageHeading title={t("records.title")} lead={t("records.lead")} />
      <SearchForm
        label={t("records.search")}
        onSearch={(next) => {
          setBefore(null);
          setWords(next);
        }}
      />
      <LoadView loaded={loaded} onRetry={reload}>
        {({ files, nextBefore }) => (
          <>
            <Card className="overflow-x-auto">
              {files.length === 0 ? (
                <EmptyState text={t("files.empty")} />
              ) : (
                <FileTable files={files} />
              )}
            </Card>
            <Paging isFirst={before === null} nextBefore={nextBefore} onBefore={setBefore} />
          </>
        )}
      </LoadView>
    </PageShell>
  );
}

function FileTable(props: { readonly files: readonly AdminFile[] }): React.JSX.Element {
  const t = useText();
  const language = useLanguage();
  return (
    <table className="table-plain text-[0.9375rem]">
      <TableHead
        columns={[
          t("records.at"),
          t("records.person"),
          t("records.file"),
          t("records.verdict"),
          t("tray.manifest"),
        ]}
      />
      <tbody>
        {props.files.map((file) => (
          <tr key={file.id}>
            <td className="whitespace-nowrap tabular-nums">
              {formatTime(language, file.receivedAt)}
            </td>
            <td className="min-w-28">{file.ownerName}</td>
            <td>
              <p className="break-all font-bold">{file.name}</p>
              <p className="break-all text-[0.8125rem] text-muted">{displayAddress(file.source)}</p>
              <p className="break-all font-mono text-[0.75rem] text-muted">{file.sha256}</p>
            </td>
            <td>
              <div className="flex flex-wrap items-center gap-1.5">
                {file.direction === "upload" && <Badge tone="info" text={t("files.upload")} />}
                <VerdictBadge verdict={file.verdict} />
              </div>
              <p className="mt-1 max-w-96 text-[0.8125rem] leading-relaxed">
                {language === "ja" ? file.messageJa : file.messageEn}
              </p>
              <p className="font-mono text-[0.75rem] text-muted">{file.reason}</p>
            </td>
            <td className="whitespace-nowrap">
              {file.hasManifest && (
                <a
                  className="text-[0.8125rem] text-primary underline underline-offset-2"
                  href={`/api/admin/records/${file.id}/manifest`}
                  download
                  aria-label={t("tray.manifestNamed", { name: file.name })}
                >
                  {t("tray.manifest")}
                </a>
              )}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
