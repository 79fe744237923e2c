/**
 * Asks for the password once more when the server wants a fresh proof, and lets the call that needed it go on.
 * Mounted once; `call` waits for it (base/api.ts).
 */
import { type SyntheticEvent, useEffect, useId, useState } from "react";
import type { ErrorBody } from "../../http/contract.ts";
import { call, onProofNeeded, toErrorBody } from "../base/api.ts";
import { useText } from "../base/language.ts";
import { leaveIfSignedOut } from "../base/me.tsx";
import { ErrorBanner } from "./banner.tsx";
import { Button } from "./button.tsx";
import { Dialog } from "./dialog.tsx";
import { Field } from "./field.tsx";

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
  const form = useId();
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ErrorBody | null>(null);

  const submit = async (event: SyntheticEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      await call("POST", "/api/proof", { password });
      props.onProven();
    } catch (failure) {
      if (leaveIfSignedOut(failure)) props.onClose();
      setPassword("");
      setError(toErrorBody(failure));
      setBusy(false);
    }
  };

  return (
    <Dialog
      title={t("proof.title")}
      onClose={props.onClose}
      actions={
        <>
          <Button variant="outline" onClick={props.onClose}>
            {t("common.cancel")}
          </Button>
          <Button
            type="submit"
            form={form}
            data-testid="proof-submit"
            disabled={busy || password === ""}
          >
            {busy ? t("factor.busy") : t("proof.submit")}
          </Button>
        </>
      }
    >
      {error && <ErrorBanner error={error} />}
      <p>{t("proof.body")}</p>
      <form id={form} onSubmit={(event) => void submit(event)}>
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
      </form>
    </Dialog>
  );
}
