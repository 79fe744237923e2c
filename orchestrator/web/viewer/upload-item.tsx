/** One file on its way out: how far it is, what became of it in words, and asking an approver where that is left to a person. */
import { useLanguage, useText } from "../base/language.ts";
import { Icon, Spinner } from "../ui/icons.tsx";
import { AskForm } from "./ask-form.tsx";
import type { UploadFate, UploadProgress } from "./send-upload.ts";

export interface Sent {
  readonly file: File;
  readonly progress: UploadProgress | null;
  readonly fate: UploadFate | null;
}

export function UploadItem(props: {
  readonly sent: Sent;
  readonly onAsk: (reason: string) => void;
}): React.JSX.Element {
  const t = useText();
  const { fate, file } = props.sent;
  const mayAsk = fate?.type === "held" && fate.mayAsk;
  return (
    <li
      data-testid="upload-item"
      data-answer={fate === null ? "" : fate.type === "held" ? fate.why : fate.type}
      data-reason={fate?.type === "held" ? fate.reason : ""}
      className="flex flex-col gap-2 rounded-8 bg-sunken px-4 py-3"
    >
      <div className="flex items-start gap-3">
        <span className="mt-1 shrink-0">
          {fate === null ? (
            <Spinner size={18} />
          ) : (
            <Icon
              name={fate.type === "passed" ? "good" : fate.type === "asked" ? "hold" : "blocked"}
              size={18}
              className={fate.type === "passed" ? "text-good" : "text-caution"}
            />
          )}
        </span>
        <div className="min-w-0 grow">
          <p className="break-all font-bold">{file.name}</p>
          <p className="text-[0.875rem] leading-relaxed">
            <FateText sent={props.sent} />
          </p>
        </div>
      </div>
      {mayAsk && (
        <AskForm testId="upload" className="pl-8" help={t("upload.askHelp")} onAsk={props.onAsk} />
      )}
    </li>
  );
}

function FateText(props: { readonly sent: Sent }): React.JSX.Element {
  const t = useText();
  const language = useLanguage();
  const { fate, progress } = props.sent;
  if (fate === null && progress === null) return <>{t("upload.waits")}</>;
  if (fate === null)
    return (
      <>
        {t(`upload.stage.${progress?.stage ?? "receiving"}`, {
          percent: Math.round((progress?.done ?? 0) * 100),
        })}
      </>
    );
  if (fate.type === "asked") return <>{t("upload.asked")}</>;
  if (fate.type === "stopped") return <>{t("upload.stopped")}</>;
  const said = language === "ja" ? fate.messageJa : fate.messageEn;
  if (fate.type === "passed" || said !== "") return <>{said}</>;
  const why = fate.why === "off" || fate.why === "too-often" ? fate.why : "failed";
  return <>{t(`held.upload.${why}`)}</>;
}
