/**
 * Asks for the password once more when the server wants a fresh proof, and lets the call that needed it go on.
 * Mounted once; `call` waits for it (base/api.ts).
 */
import { useEffect, useState } from "react";
import { call, onProofNeeded } from "../base/api.ts";
import { useText } from "../base/language.ts";
import { useAct } from "../base/use-act.ts";
import { Field } from "./field.tsx";
import { FormDialog } from "./form-dialog.tsx";

type Waiting = (isProven: boolean) => void;

export function ProofDialog(): React.JSX.Element | null {
  const [waiting, setWaiting] = useState<readonly Waiting[]>([]);
  useEffect(
    () =>
      onProofNeeded(() => new Promise((resolve) => setWaiting((others) => [...others, resolve]))),
    [],
  );
  if (waiting.length === 0) return null;
  const settle = (isProven: boolean): void => {
    for (const each of waiting) each(isProven);
    setWaiting([]);
  };
  return <PasswordDialog onProven={() => settle(true)} onClose={() => settle(false)} />;
}

function PasswordDialog(props: {
  readonly onProven: () => void;
  readonly onClose: () => void;
}): React.JSX.Element {
  const t = useText();
  const [password, setPassword] = useState("");
  const act = useAct();
  const prove = async (): Promise<void> => {
    const isProven = await act.run(() => call("POST", "/api/proof", { password }));
    setPassword("");
    if (isProven) props.onProven();
  };
  return (
    <FormDialog
      title={t("proof.title")}
      act={act}
      submit={t("proof.submit")}
      busy={t("factor.busy")}
      testId="proof-submit"
      disabled={password === ""}
      onSubmit={() => void prove()}
      onClose={props.onClose}
    >
      <p>{t("proof.body")}</p>
      <Field
        label={t("signIn.password")}
        data-testid="proof-password"
        type="password"
        autoComplete="current-password"
        autoFocus
        required
        maxLength={1024}
        value={password}
        onChange={(event) => setPassword(event.target.value)}
      />
    </FormDialog>
  );
}
