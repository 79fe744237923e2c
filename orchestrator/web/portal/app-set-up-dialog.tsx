/** Setting an authenticator app up: the QR code, drawn here, and the first code of the app. */
import { type SyntheticEvent, useEffect, useId, useState } from "react";
import type { RecoveryCodes, TotpSetup } from "../../http/account-contract.ts";
import type { ErrorBody } from "../../http/contract.ts";
import { call, toErrorBody } from "../base/api.ts";
import { useText } from "../base/language.ts";
import { leaveIfSignedOut } from "../base/me.tsx";
import { ErrorBanner } from "../ui/banner.tsx";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Field } from "../ui/field.tsx";
import { Loading } from "../ui/load-view.tsx";
import { QrCode } from "../ui/qr-code.tsx";

export function AppSetUpDialog(props: {
  readonly onClose: () => void;
  readonly onAdded: (codes: readonly string[] | null) => void;
}): React.JSX.Element {
  const t = useText();
  const form = useId();
  const [setup, setSetup] = useState<TotpSetup | null>(null);
  const [code, setCode] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ErrorBody | null>(null);

  useEffect(() => {
    let isCurrent = true;
    call<TotpSetup>("POST", "/api/factors/totp").then(
      (made) => isCurrent && setSetup(made),
      (failure: unknown) => {
        if (isCurrent && !leaveIfSignedOut(failure)) setError(toErrorBody(failure));
      },
    );
    return () => {
      isCurrent = false;
    };
  }, []);

  const submit = async (event: SyntheticEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setError(null);
    try {
      const added = await call<RecoveryCodes>("POST", "/api/factors/totp/confirm", { code });
      props.onAdded(added.recoveryCodes);
    } catch (failure) {
      if (leaveIfSignedOut(failure)) return;
      setCode("");
      setError(toErrorBody(failure));
      setBusy(false);
    }
  };

  return (
    <Dialog
      wide
      title={t("security.appSetUp")}
      onClose={props.onClose}
      actions={
        <>
          <Button variant="outline" onClick={props.onClose}>
            {t("common.cancel")}
          </Button>
          <Button
            type="submit"
            form={form}
            data-testid="app-confirm"
            disabled={busy || setup === null || code === ""}
          >
            {busy ? t("factor.busy") : t("factor.submit")}
          </Button>
        </>
      }
    >
      {error && <ErrorBanner error={error} />}
      {setup === null ? (
        error === null && <Loading />
      ) : (
        <div className="flex flex-wrap items-start gap-6">
          <QrCode text={setup.uri} label={t("security.appQr")} />
          <div className="flex min-w-60 flex-1 flex-col gap-3">
            <p>{t("security.appStep1")}</p>
            <p className="text-[0.9375rem] text-muted">{t("security.appSecret")}</p>
            <code
              data-testid="app-secret"
              className="break-all rounded-8 border border-line bg-sunken px-3 py-2 font-mono select-all"
            >
              {setup.secret}
            </code>
          </div>
        </div>
      )}
      {setup !== null && (
        <form id={form} onSubmit={(event) => void submit(event)}>
          <Field
            label={t("security.appStep2")}
            data-testid="app-code"
            autoComplete="one-time-code"
            inputMode="numeric"
            autoFocus
            required
            maxLength={16}
            value={code}
            onChange={(event) => setCode(event.target.value)}
          />
        </form>
      )}
    </Dialog>
  );
}
