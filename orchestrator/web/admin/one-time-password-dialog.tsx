/** Shows a one-time password once. */
import type { User } from "../../http/contract.ts";
import { useText } from "../base/language.ts";
import { SecretDialog } from "../ui/secret-dialog.tsx";

export interface IssuedPassword {
  readonly user: User;
  readonly oneTimePassword: string;
}

export function OneTimePasswordDialog(props: {
  readonly issued: IssuedPassword;
  readonly onClose: () => void;
}): React.JSX.Element {
  const t = useText();
  const { user, oneTimePassword } = props.issued;
  return (
    <SecretDialog
      title={t("users.oneTime", { name: user.displayName })}
      body={t("users.oneTimeBody")}
      secret={oneTimePassword}
      done={t("users.oneTimeDone")}
      testId="one-time-password"
      onClose={props.onClose}
    />
  );
}
