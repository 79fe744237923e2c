/** One file in the tray: name, steps, verdict in colour, icon and words, what was removed. */
import type { Download } from "../../http/file-contract.ts";
import { formatBytes } from "../base/format.ts";
import { useLanguage, useText } from "../base/language.ts";
import type { Language } from "../i18n/language.ts";
import type { BadgeTone } from "../ui/badge.tsx";
import { Icon, Spinner } from "../ui/icons.tsx";
import { ReceiveButton } from "../ui/receive-button.tsx";
import { SavedTo, SaveToFolder, type SharedFolder } from "../ui/save-to-folder.tsx";
import { VerdictBadge, verdictTone } from "../ui/verdict-badge.tsx";
import { ApprovalPart } from "./approval-part.tsx";
import { PasswordForm } from "./password-form.tsx";
import { type StepState, stepsOf } from "./download-steps.ts";

const edges: Readonly<Record<BadgeTone, string>> = {
  good: "border-l-good",
  caution: "border-l-caution",
  danger: "border-l-danger",
  info: "border-l-primary",
  quiet: "border-l-line",
};

export function DownloadItem(props: {
  readonly download: Download;
  readonly folders: readonly SharedFolder[];
}): React.JSX.Element {
  const language = useLanguage();
  const { download } = props;
  const { verdict } = download;
  const file = `/api/downloads/${encodeURIComponent(download.id)}`;
  const message = language === "ja" ? download.messageJa : download.messageEn;
  return (
    <li
      data-testid="download-item"
      data-name={download.name}
      data-stage={download.stage}
      data-verdict={verdict}
      data-reason={download.reason}
      className={`flex flex-col gap-3 border-b border-l-4 border-b-line py-4 pl-5 pr-6 ${verdict === undefined ? "border-l-primary" : edges[verdictTone(verdict)]}`}
    >
      <div className="flex items-start gap-3">
        <Icon name="file" size={24} className="mt-0.5 text-muted" />
        <div className="min-w-0 grow">
          <p className="break-all font-bold leading-snug">{download.name}</p>
          <p className="mt-0.5 text-[0.8125rem] text-muted tabular-nums">
            {sizes(language, download)}
          </p>
        </div>
        {verdict !== undefined && <VerdictBadge verdict={verdict} />}
      </div>
      <Steps download={download} />
      {message !== "" && <p className="text-[0.875rem] leading-relaxed">{message}</p>}
      {download.passwordTries !== undefined && <PasswordForm download={download} />}
      {download.approval !== undefined && (
        <ApprovalPart download={download} approval={download.approval} />
      )}
      {download.releasable && (
        <div className="flex flex-wrap items-center gap-4">
          <ReceiveButton file={file} name={download.name} testId="download-receive" />
          <ManifestLink download={download} />
        </div>
      )}
      {download.releasable && props.folders.length > 0 && (
        <SaveToFolder file={file} name={download.name} folders={props.folders} />
      )}
      {download.savedAs !== undefined && <SavedTo shownAs={download.savedAs} />}
      {!download.releasable && download.verdict !== undefined && (
        <ManifestLink download={download} />
      )}
    </li>
  );
}

function ManifestLink(props: { readonly download: Download }): React.JSX.Element {
  const t = useText();
  return (
    <a
      className="text-[0.8125rem] text-primary underline underline-offset-2"
      href={`/api/downloads/${props.download.id}/manifest`}
      download
      data-testid="download-manifest"
      aria-label={t("tray.manifestNamed", { name: props.download.name })}
    >
      {t("tray.manifest")}
    </a>
  );
}

function sizes(language: Language, download: Download): string {
  const received = formatBytes(language, download.sizeBytes);
  if (download.releasedBytes === undefined || download.releasedBytes === download.sizeBytes)
    return received;
  return `${received} → ${formatBytes(language, download.releasedBytes)}`;
}

const stepLooks: Readonly<Record<StepState, string>> = {
  finished: "border-good bg-good-soft text-good",
  current: "border-primary bg-surface text-primary",
  waiting: "border-line bg-surface text-muted",
  skipped: "border-line bg-sunken text-muted",
};

function Steps(props: { readonly download: Download }): React.JSX.Element {
  const t = useText();
  const steps = stepsOf(props.download);
  return (
    <ol className="flex items-start">
      {steps.map((step, index) => (
        <li key={step.stage} className="flex min-w-0 flex-1 flex-col items-center gap-1">
          <div className="flex w-full items-center">
            <span
              className={`h-0.5 grow ${index === 0 ? "invisible" : step.state === "finished" || step.state === "current" ? "bg-good" : "bg-line"}`}
            />
            <span
              className={`flex size-6 shrink-0 items-center justify-center rounded-full border-2 ${stepLooks[step.state]}`}
            >
              {step.state === "finished" && <Icon name="check" size={14} />}
              {step.state === "current" && <Spinner size={14} />}
              {step.state === "skipped" && <span className="h-0.5 w-2 bg-control" />}
            </span>
            <span
              className={`h-0.5 grow ${index === steps.length - 1 ? "invisible" : steps[index + 1]?.state === "finished" || steps[index + 1]?.state === "current" ? "bg-good" : "bg-line"}`}
            />
          </div>
          <span
            className={`text-[0.75rem] leading-tight ${step.state === "current" ? "font-bold text-primary" : "text-muted"}`}
          >
            {t(`stage.${step.stage}`)}
            {step.state === "current" &&
              props.download.progress !== undefined &&
              ` ${Math.floor(props.download.progress * 100)}%`}
            <span className="sr-only">{t(`stage.${step.state}`)}</span>
          </span>
        </li>
      ))}
    </ol>
  );
}
