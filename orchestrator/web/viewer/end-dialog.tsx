/** Asked only when ending now would lose files that are still being processed. */
import type { Download } from "../../http/file-contract.ts";
import { useText } from "../base/language.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Icon } from "../ui/icons.tsx";

export function EndDialog(props: {
  readonly pending: readonly Download[];
  readonly onEnd: () => void;
  readonly onKeep: () => void;
}): React.JSX.Element {
  const t = useText();
  return (
    <Dialog
      title={t("endDialog.title")}
      onClose={props.onKeep}
      actions={
        <>
          <Button variant="outline" onClick={props.onKeep} autoFocus data-testid="end-keep">
            {t("endDialog.keep")}
          </Button>
          <Button variant="danger" onClick={props.onEnd} data-testid="end-confirm">
            {t("endDialog.confirm")}
          </Button>
        </>
      }
    >
      <p>{t("endDialog.body")}</p>
      <ul className="max-h-48 overflow-auto rounded-8 border border-line">
        {props.pending.map((download) => (
          <li
            key={download.id}
            className="flex items-center gap-3 border-b border-line px-4 py-2 last:border-b-0"
          >
            <Icon name="file" className="text-muted" />
            <span className="break-all">{download.name}</span>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
