/** The second step of a sign-in: a passkey, a code of the app, or a recovery code. */
import { type SyntheticEvent, useState } from "react";
import type { ErrorBody, Me } from "../../http/contract.ts";
import { call, toErrorBody } from "../base/api.ts";
import { useText } from "../base/language.ts";
import { useAccount } from "../base/me.tsx";
import { passkeysWork, provePasskey } from "../base/passkeys.ts";
import { ErrorBanner } from "../ui/banner.tsx";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { goOn, SignInFrame } from "./sign-in-page.tsx";

type Way = Me["offers"][number];

export function SecondFactorPage(): React.JSX.Element {
  const t = useText();
  const { me, setMe } = useAccount();
  const offers = me.offers.filter((way) => way !== "passkey" || passkeysWork());
  const [way, setWay] = useState<Way | undefined>(offers[0]);
  const [error, setError] = useState<ErrorBody | null>(null);

  const done = (proven: Me): void => {
    setMe(proven);
    goOn(proven);
  };
  const failed = (failure: unknown): void => {
    const body = toErrorBody(failure);
    // It took too long: the first step comes again.
    if (body.code === "SIGN_IN_REQUIRED") setMe(null);
    setError(body);
  };
  const cancel = async (): Promise<void> => {
    await call("POST", "/api/sign-out").catch(() => undefined);
    setMe(null);
  };
  const others = offers.filter((each) => each !== way);

  return (
    <SignInFrame title={t("factor.title")} lead={t("factor.lead")}>
      <div className="mt-8 flex flex-col items-stretch gap-6">
        {error && <ErrorBanner error={error} />}
        {way === "passkey" && <PasskeyProof onDone={done} onFailed={failed} />}
        {(way === "totp" || way === "recovery") && (
          <CodeForm key={way} way={way} onDone={done} onFailed={failed} />
        )}
        <div className="flex flex-wrap gap-x-2 gap-y-1">
          {others.map((each) => (
            <Button
              key={each}
              variant="text"
              size="sm"
              data-testid={`factor-use-${each}`}
              onClick={() => {
                setError(null);
                setWay(each);
              }}
            >
              {t(ways[each])}
            </Button>
          ))}
          <Button variant="text" size="sm" onClick={() => void cancel()}>
            {t("factor.cancel")}
          </Button>
        </div>
        <p className="text-[0.9375rem] leading-relaxed text-muted">{t("factor.lost")}</p>
      </div>
    </SignInFrame>
  );
}

const ways = {
  passkey: "factor.usePasskey",
  totp: "factor.useTotp",
  recovery: "factor.useRecovery",
} as const;

interface StepProps {
  readonly onDone: (me: Me) => void;
  readonly onFailed: (failure: unknown) => void;
}

function PasskeyProof({ onDone, onFailed }: StepProps): React.JSX.Element {
  const t = useText();
  const [busy, setBusy] = useState(false);
  const prove = async (): Promise<void> => {
    setBusy(true);
    try {
      const options = await call<PublicKeyCredentialRequestOptionsJSON>(
        "POST",
        "/api/second-factor/passkey/options",
      );
      const response = await provePasskey(options);
      if (response !== undefined)
        onDone(await call<Me>("POST", "/api/second-factor/passkey", { response }));
    } catch (failure) {
      onFailed(failure);
    }
    setBusy(false);
  };
  return (
    <Button
      size="lg"
      autoFocus
      data-testid="factor-passkey"
      disabled={busy}
      onClick={() => void prove()}
    >
      {busy ? t("factor.busy") : t("factor.usePasskey")}
    </Button>
  );
}

function CodeForm(props: StepProps & { readonly way: "totp" | "recovery" }): React.JSX.Element {
  const t = useText();
  const { way, onDone, onFailed } = props;
  const [code, setCode] = useState("");
  const [busy, setBusy] = useState(false);
  const submit = async (event: SyntheticEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    try {
      onDone(await call<Me>("POST", "/api/second-factor/code", { code }));
    } catch (failure) {
      setCode("");
      onFailed(failure);
    }
    setBusy(false);
  };
  return (
    <form className="flex flex-col gap-6" onSubmit={(event) => void submit(event)}>
      <Field
        label={t(way === "totp" ? "factor.code" : "factor.recovery")}
        {...(way === "recovery" && { help: t("factor.recoveryHelp") })}
        data-testid="factor-code"
        autoComplete={way === "totp" ? "one-time-code" : "off"}
        inputMode={way === "totp" ? "numeric" : "text"}
        autoCapitalize="none"
        spellCheck={false}
        autoFocus
        required
        maxLength={64}
        value={code}
        onChange={(event) => setCode(event.target.value)}
      />
      <Button type="submit" size="lg" data-testid="factor-submit" disabled={busy || code === ""}>
        {busy ? t("factor.busy") : t("factor.submit")}
      </Button>
    </form>
  );
}
