/** Saves a file that may leave to the terminal's own Downloads, and says why where that cannot be. */
import { useLanguage, useText } from "../base/language.ts";
import { saveToTerminal } from "../base/save-to-terminal.ts";
import { useAct } from "../base/use-act.ts";
import { Button } from "./button.tsx";
import { Icon } from "./icons.tsx";

export function ReceiveButton(props: {
  /** `/api/downloads/…` or `/api/approvals/…` */
  readonly file: string;
  readonly name: string;
  readonly testId: string;
}): React.JSX.Element {
  const t = useText();
  const language = useLanguage();
  const { busy, error, run } = useAct();
  return (
    <>
      <Button
        size="sm"
        variant="outline"
        disabled={busy}
        data-testid={props.testId}
        aria-label={t("tray.receiveNamed", { name: props.name })}
        onClick={() => void run(() => saveToTerminal(props.file, props.name))}
      >
        <Icon name="download" size={18} />
        {t("tray.receive")}
      </Button>
      {error !== null && (
        <p role="alert" data-testid="receive-error" className="text-[0.875rem] text-danger">
          {language === "ja" ? `${error.ja}${error.nextJa}` : `${error.en} ${error.nextEn}`}
        </p>
      )}
    </>
  );
}
