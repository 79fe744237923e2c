/** Shows a one-time password once. Escape does not close it: it could not be shown again. */
import { useState } from "react";
import type { User } from "../../http/contract.ts";
import { useText } from "../base/language.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Icon } from "../ui/icons.tsx";

export interface IssuedPassword {
  readonly user: User;
  readonly oneTimePassword: string;
}

export function OneTimePasswordDialog(props: {
  readonly issued: IssuedPassword;
  readonly onClose: () => void;
}): React.JSX.Element {
  const t = useText();
  const [copied, setCopied] = useState(false);
  const { issued } = props;
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(issued.oneTimePassword);
    setCopied(true);
  };
  return (
    <Dialog
      title={t("users.oneTime", { name: issued.user.displayName })}
      onClose={props.onClose}
      dismissable={false}
      actions={
        <Button data-testid="one-time-done" onClick={props.onClose}>
          {t("users.oneTimeDone")}
        </Button>
      }
    >
      <p>{t("users.oneTimeBody")}</p>
      <div className="flex items-center gap-4 rounded-12 border border-line bg-sunken px-5 py-4">
        <code
          data-testid="one-time-password"
          className="grow break-all font-mono text-[1.375rem] tracking-wide select-all"
        >
          {issued.oneTimePassword}
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
