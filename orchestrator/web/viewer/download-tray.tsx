/** The tray: every file on its way from the detached room to the terminal, step by step. */
import { useText } from "../base/language.ts";
import type { Download } from "../../http/file-contract.ts";
import { Icon } from "../ui/icons.tsx";
import { useSharedFolders } from "../ui/save-to-folder.tsx";
import { DownloadItem } from "./download-item.tsx";

export function DownloadTray(props: {
  readonly downloads: readonly Download[];
  readonly onClose: () => void;
}): React.JSX.Element {
  const t = useText();
  const folders = useSharedFolders();
  const newestFirst = props.downloads.toSorted((a, b) => b.receivedAt.localeCompare(a.receivedAt));
  return (
    <aside
      data-testid="download-tray"
      aria-labelledby="tray-title"
      onKeyDown={(event) => {
        if (event.key === "Escape") props.onClose();
      }}
      className="absolute bottom-3 right-3 top-3 z-10 flex w-[26rem] max-w-[calc(100%-1.5rem)] flex-col overflow-hidden rounded-16 bg-surface shadow-float animate-slide"
    >
      <div className="flex items-center justify-between border-b border-line py-3 pl-6 pr-3">
        <h2 id="tray-title" className="text-std-18B-160">
          {t("tray.title")}
        </h2>
        <button
          type="button"
          aria-label={t("common.close")}
          onClick={props.onClose}
          className="flex size-10 items-center justify-center rounded-full hover:bg-primary-soft"
        >
          <Icon name="close" />
        </button>
      </div>
      {newestFirst.length === 0 ? (
        <div className="flex grow flex-col items-center justify-center gap-3 p-10 text-center">
          <Icon name="download" size={40} className="text-muted" />
          <p className="font-bold">{t("tray.empty")}</p>
          <p className="text-[0.875rem] leading-relaxed text-muted">{t("tray.emptyBody")}</p>
        </div>
      ) : (
        <ul className="grow overflow-auto" aria-live="polite">
          {newestFirst.map((download) => (
            <DownloadItem key={download.id} download={download} folders={folders} />
          ))}
        </ul>
      )}
    </aside>
  );
}
