/** Saves a released file to a folder of the file server, and says where Explorer finds it. */
import { useState } from "react";
import type { SavedFile, SharedFolderList } from "../../http/file-contract.ts";
import { call } from "../base/api.ts";
import { useLanguage, useText } from "../base/language.ts";
import { useAct } from "../base/use-act.ts";
import { useLoad } from "../base/use-load.ts";
import { Button } from "./button.tsx";
import { Icon } from "./icons.tsx";

export type SharedFolder = SharedFolderList["folders"][number];

const none: readonly SharedFolder[] = [];

/** None while they are not known: what cannot be offered is not asked for. */
export function useSharedFolders(): readonly SharedFolder[] {
  const { loaded } = useLoad<SharedFolderList>("/api/shared-folders");
  return loaded.state === "value" ? loaded.value.folders : none;
}

export function SaveToFolder(props: {
  /** `/api/downloads/…` or `/api/approvals/…` */
  readonly file: string;
  readonly name: string;
  readonly folders: readonly SharedFolder[];
  /** Where it is now, its owner's list says. */
  readonly onSaved?: () => void;
}): React.JSX.Element {
  const t = useText();
  const language = useLanguage();
  const { busy, error, run } = useAct();
  const save = (folder: SharedFolder) =>
    run(async () => {
      await call<SavedFile>("POST", `${props.file}/shared-folder`, { folder: folder.id });
      props.onSaved?.();
    });
  return (
    <div className="flex flex-col gap-2">
      <div className="flex flex-wrap gap-2">
        {props.folders.map((folder) => (
          <Button
            key={folder.id}
            size="sm"
            variant="outline"
            disabled={busy}
            data-testid="save-to-folder"
            data-folder={folder.id}
            title={folder.shownAs}
            aria-label={t("share.saveNamed", { folder: folder.name, name: props.name })}
            onClick={() => void save(folder)}
          >
            {busy ? t("share.busy") : t("share.save", { folder: folder.name })}
          </Button>
        ))}
      </div>
      {error !== null && (
        <p role="alert" data-testid="save-error" className="text-[0.875rem] text-danger">
          {language === "ja" ? `${error.ja}${error.nextJa}` : `${error.en} ${error.nextEn}`}
        </p>
      )}
    </div>
  );
}

/** Pages cannot open Explorer: the path is there to be copied into its address bar. */
export function SavedTo(props: { readonly shownAs: string }): React.JSX.Element {
  const t = useText();
  const [copied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(props.shownAs).then(
      () => setCopied(true),
      // Refused by the terminal's browser; the path stands there to be marked.
      () => undefined,
    );
  };
  return (
    <div
      role="status"
      data-testid="saved-to"
      className="flex items-start gap-2 rounded-8 bg-good-soft px-4 py-2.5 text-[0.8125rem] leading-relaxed"
    >
      <Icon name="good" size={18} className="mt-0.5 shrink-0 text-good" />
      <div className="min-w-0 grow">
        <p className="font-bold">{t("share.saved")}</p>
        <p className="select-all break-all">{props.shownAs}</p>
      </div>
      <Button size="sm" variant="text" onClick={() => void copy()}>
        {t(copied ? "share.copied" : "share.copy")}
      </Button>
    </div>
  );
}
