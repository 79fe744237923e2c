/** Change of password; the only page there is for someone who holds a one-time password. */
import { type SyntheticEvent, useState } from "react";
import type { Me } from "../../http/contract.ts";
import { call } from "../base/api.ts";
import { useText } from "../base/language.ts";
import { useAccount } from "../base/me.tsx";
import { useAct } from "../base/use-act.ts";
import { Banner, ErrorBanner } from "../ui/banner.tsx";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { Card, PageShell } from "../ui/page-shell.tsx";
import { goOn } from "./sign-in-page.tsx";

const minLength = 12;

export function PasswordPage(): React.JSX.Element {
  const t = useText();
  const { me, setMe } = useAccount();
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const [repeat, setRepeat] = useState("");
  const [tried, setTried] = useState(false);
  const { busy, error, run } = useAct();
  const [done, setDone] = useState(false);
  const short = next.length < minLength;
  const differs = next !== repeat;

  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    setTried(true);
    if (short || differs) return;
    const forced = me.mustChangePassword;
    void run(async () => {
      const changed = await call<Me>("POST", "/api/password", { current, next });
      setMe(changed);
      if (forced) goOn(changed);
      else setDone(true);
      setCurrent("");
      setNext("");
      setRepeat("");
      setTried(false);
    });
  };

  return (
    <PageShell title={t("password.title")}>
      <div className="mx-auto max-w-[36rem]">
        <h1 className="text-std-28B-150">{t("password.title")}</h1>
        <div className="mt-6 flex flex-col gap-6">
          {me.mustChangePassword && (
            <Banner tone="info" title={t("password.forced")}>
              {t("password.forcedBody")}
            </Banner>
          )}
          {done && <Banner tone="good" title={t("password.done")} />}
          {error && <ErrorBanner error={error} />}
          <Card className="p-8">
            <form className="flex flex-col gap-6" noValidate onSubmit={submit}>
              <input
                type="text"
                name="username"
                autoComplete="username"
                value={me.name}
                readOnly
                hidden
              />
              <Field
                label={t("password.current")}
                data-testid="current-password"
                type="password"
                autoComplete="current-password"
                required
                maxLength={1024}
                value={current}
                onChange={(event) => setCurrent(event.target.value)}
              />
              <Field
                label={t("password.next")}
                help={t("password.nextHelp")}
                error={tried && short ? t("password.short") : undefined}
                data-testid="new-password"
                type="password"
                autoComplete="new-password"
                required
                maxLength={1024}
                value={next}
                onChange={(event) => setNext(event.target.value)}
              />
              <Field
                label={t("password.repeat")}
                error={tried && !short && differs ? t("password.mismatch") : undefined}
                data-testid="new-password-repeat"
                type="password"
                autoComplete="new-password"
                required
                maxLength={1024}
                value={repeat}
                onChange={(event) => setRepeat(event.target.value)}
              />
              <Button
                type="submit"
                size="lg"
                data-testid="new-password-submit"
                disabled={busy || current === ""}
              >
                {busy ? t("password.busy") : t("password.submit")}
              </Button>
            </form>
          </Card>
        </div>
      </div>
    </PageShell>
  );
}
