/** Adding a passkey: a name for it, then the browser's own dialog. */
import { useState } from "react";
import type { RecoveryCodes } from "../../http/account-contract.ts";
import { call } from "../base/api.ts";
import { useText } from "../base/language.ts";
import { useAct } from "../base/use-act.ts";
import { createPasskey, passkeysWork } from "../base/passkeys.ts";
import { Banner } from "../ui/banner.tsx";
import { Field } from "../ui/field.tsx";
import { FormDialog } from "../ui/form-dialog.tsx";

export function PasskeyDialog(props: {
  readonly onClose: () => void;
  readonly onAdded: (codes: readonly string[] | null) => void;
}): React.JSX.Element {
  const t = useText();
  const [name, setName] = useState("");
  const act = useAct();

  const submit = (): Promise<boolean> =>
    act.run(async () => {
      const options = await call<PublicKeyCredentialCreationOptionsJSON>(
        "POST",
        "/api/factors/passkeys/options",
      );
      const response = await createPasskey(options);
      if (response === undefined) return;
      const body = { name: name.trim(), response };
      const added = await call<RecoveryCodes>("POST", "/api/factors/passkeys", body);
      props.onAdded(added.recoveryCodes);
    });

  return (
    <FormDialog
      title={t("security.passkeyAdd")}
      act={act}
      submit={t("security.passkeyCreate")}
      busy={t("factor.busy")}
      testId="passkey-create"
      disabled={name.trim() === "" || !passkeysWork()}
      onSubmit={() => void submit()}
      onClose={props.onClose}
    >
      {!passkeysWork() && <Banner tone="caution" title={t("security.passkeysUnsupported")} />}
      <Field
        label={t("security.passkeyName")}
        help={t("security.passkeyNameHelp")}
        data-testid="passkey-name"
        autoComplete="off"
        autoFocus
        required
        maxLength={64}
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
    </FormDialog>
  );
}
