/** Adding a passkey: a name for it, then the browser's own dialog. */
import { type SyntheticEvent, useId, useState } from "react";
import type { RecoveryCodes } from "../../http/account-contract.ts";
import { call } from "../base/api.ts";
import { useText } from "../base/language.ts";
import { useAct } from "../base/use-act.ts";
import { createPasskey, passkeysWork } from "../base/passkeys.ts";
import { Banner, ErrorBanner } from "../ui/banner.tsx";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Field } from "../ui/field.tsx";

export function PasskeyDialog(props: {
  readonly onClose: () => void;
  readonly onAdded: (codes: readonly string[] | null) => void;
}): React.JSX.Element {
  const t = useText();
  const form = useId();
  const [name, setName] = useState("");
  const { busy, error, run } = useAct();

  const submit = async (event: SyntheticEvent): Promise<void> => {
    event.preventDefault();
    await run(async () => {
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
  };

  return (
    <Dialog
      title={t("security.passkeyAdd")}
      onClose={props.onClose}
      actions={
        <>
          <Button variant="outline" onClick={props.onClose}>
            {t("common.cancel")}
          </Button>
          <Button
            type="submit"
            form={form}
            data-testid="passkey-create"
            disabled={busy || name.trim() === "" || !passkeysWork()}
          >
            {busy ? t("factor.busy") : t("security.passkeyCreate")}
          </Button>
        </>
      }
    >
      {error && <ErrorBanner error={error} />}
      {!passkeysWork() && <Banner tone="caution" title={t("security.passkeysUnsupported")} />}
      <form id={form} onSubmit={(event) => void submit(event)}>
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
      </form>
    </Dialog>
  );
}
