/** Shows recovery codes once. Escape does not close it: they could not be shown again. */
import { useText } from "../base/language.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";

export function RecoveryCodesDialog(props: {
  readonly codes: readonly string[];
  readonly onClose: () => void;
}): React.JSX.Element {
  const t = useText();
  return (
    <Dialog
      title={t("security.codesShown")}
      onClose={props.onClose}
      dismissable={false}
      actions={
        <Button data-testid="codes-done" onClick={props.onClose}>
          {t("security.codesDone")}
        </Button>
      }
    >
      <p>{t("security.codesShownBody")}</p>
      <ul
        data-testid="recovery-codes"
        className="grid grid-cols-2 gap-x-6 gap-y-2 rounded-12 border border-line bg-sunken px-5 py-4 font-mono select-text max-sm:grid-cols-1"
      >
        {props.codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
    </Dialog>
  );
}
