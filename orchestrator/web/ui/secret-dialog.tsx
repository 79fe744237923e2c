/** Shows a secret once. Escape does not close it: it could not be shown again. */
import { useState } from "react";
import { useText } from "../base/language.ts";
import { Button } from "./button.tsx";
import { Dialog } from "./dialog.tsx";
import { Icon } from "./icons.tsx";

export function SecretDialog(props: {
  readonly title: string;
  readonly body: string;
  readonly secret: string;
  readonly done: string;
  readonly testId: string;
  readonly onClose: () => void;
}): React.JSX.Element {
  const t = useText();
  const [copied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(props.secret);
    setCopied(true);
  };
  return (
    <Dialog
      title={props.title}
      onClose={props.onClose}
      dismissable={false}
      actions={
        <Button data-testid="one-time-done" onClick={props.onClose}>
          {props.done}
        </Button>
      }
    >
      <p>{props.body}</p>
      <div className="flex items-center gap-4 rounded-12 border border-line bg-sunken px-5 py-4">
        <code
          data-testid={props.testId}
          className="grow break-all font-mono text-[1.375rem] tracking-wide select-all"
        >
          {props.secret}
        </code>
        {/* Clipboard access may be refused by the terminal's policy; the text can be selected by hand then. */}
        <Button variant="outline" size="sm" onClick={() => void copy().catch(() => undefined)}>
          <Icon name={copied ? "check" : "copy"} size={18} />
          {copied ? t("common.copied") : t("common.copy")}
        </Button>
      </div>
    </Dialog>
  );
}
