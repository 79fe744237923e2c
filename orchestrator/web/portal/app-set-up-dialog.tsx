/** Setting an authenticator app up: the QR code, drawn here, and the first code of the app. */
import { useEffect, useRef, useState } from "react";
import type { RecoveryCodes, TotpSetup } from "../../http/account-contract.ts";
import { call } from "../base/api.ts";
import { useText } from "../base/language.ts";
import { useAct } from "../base/use-act.ts";
import { Field } from "../ui/field.tsx";
import { FormDialog } from "../ui/form-dialog.tsx";
import { Loading } from "../ui/load-view.tsx";
import { QrCode } from "../ui/qr-code.tsx";

export function AppSetUpDialog(props: {
  readonly onClose: () => void;
  readonly onAdded: (codes: readonly string[] | null) => void;
}): React.JSX.Element {
  const t = useText();
  const [setup, setSetup] = useState<TotpSetup | null>(null);
  const [code, setCode] = useState("");
  const act = useAct();

  const begin = useRef(act.run);
  useEffect(() => {
    void begin.current(async () => setSetup(await call<TotpSetup>("POST", "/api/factors/totp")));
  }, []);

  const submit = async (): Promise<void> => {
    const isAdded = await act.run(async () => {
      const added = await call<RecoveryCodes>("POST", "/api/factors/totp/confirm", { code });
      props.onAdded(added.recoveryCodes);
    });
    if (!isAdded) setCode("");
  };

  return (
    <FormDialog
      wide
      title={t("security.appSetUp")}
      act={act}
      submit={t("factor.submit")}
      busy={t("factor.busy")}
      testId="app-confirm"
      disabled={setup === null || code === ""}
      onSubmit={() => void submit()}
      onClose={props.onClose}
    >
      {setup === null ? (
        act.error === null && <Loading />
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
      )}
    </FormDialog>
  );
}
