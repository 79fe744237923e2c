/** Sign-in. On success the person goes to where they were heading, or to set a password first. */
import { type ReactNode, type SyntheticEvent, useState } from "react";
import type { Me } from "../../http/contract.ts";
import { call } from "../base/api.ts";
import { useText } from "../base/language.ts";
import { navigate, safeNext } from "../base/router.tsx";
import { useAct } from "../base/use-act.ts";
import { ErrorBanner } from "../ui/banner.tsx";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { LanguageSwitch } from "../ui/language-switch.tsx";
import { HouseDrawing, Mark, Wordmark } from "../ui/logo.tsx";
import { useTitle } from "../ui/page-shell.tsx";

export function SignInPage(props: { readonly onSignedIn: (me: Me) => void }): React.JSX.Element {
  const t = useText();
  return (
    <SignInFrame title={t("signIn.title")} lead={t("app.tagline")}>
      <SignInForm {...props} />
    </SignInFrame>
  );
}

/** What both steps of signing in are shown in. */
export function SignInFrame(props: {
  readonly title: string;
  readonly lead: string;
  readonly children: ReactNode;
}): React.JSX.Element {
  const t = useText();
  useTitle(props.title);
  return (
    <div className="grid min-h-dvh grid-cols-1 lg:grid-cols-[1fr_minmax(32rem,40rem)]">
      <aside className="relative hidden flex-col justify-between overflow-hidden bg-key-1000 p-14 text-white lg:flex">
        <span className="flex items-center gap-3">
          <Mark size={40} />
          <span className="text-[1.625rem] font-bold tracking-wide leading-none">Hanare</span>
        </span>
        <HouseDrawing wide className="-mx-14 w-[calc(100%+7rem)] max-w-none text-key-200" />
        <div className="max-w-[36rem]">
          <p className="text-std-32B-150">{t("signIn.lead")}</p>
          <p className="mt-4 leading-loose text-key-100">{t("signIn.about")}</p>
        </div>
      </aside>
      <div className="flex flex-col bg-surface">
        <div className="flex items-center justify-between px-10 py-6">
          <span className="lg:invisible">
            <Wordmark />
          </span>
          <LanguageSwitch />
        </div>
        <main className="mx-auto flex w-full max-w-[30rem] grow flex-col justify-center px-6 pb-24">
          <h1 className="text-std-32B-150">{props.title}</h1>
          <p className="mt-1 text-muted">{props.lead}</p>
          {props.children}
        </main>
      </div>
    </div>
  );
}

/** To where the person was heading, by way of what their sign-in still lacks. */
export function goOn(me: Me): void {
  const next = safeNext(location.search);
  const by = { "second-factor": "/sign-in", password: "/password", enrol: "/security" } as const;
  navigate(
    me.stage === "full" ? next : `${by[me.stage]}?next=${encodeURIComponent(next)}`,
    "replace",
  );
}

function SignInForm(props: { readonly onSignedIn: (me: Me) => void }): React.JSX.Element {
  const t = useText();
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const { busy, error, run } = useAct();

  const submit = async (event: SyntheticEvent): Promise<void> => {
    event.preventDefault();
    const isSignedIn = await run(async () => {
      const me = await call<Me>("POST", "/api/sign-in", { name: name.trim(), password });
      props.onSignedIn(me);
      goOn(me);
    });
    if (!isSignedIn) setPassword("");
  };

  return (
    <form className="mt-8 flex flex-col gap-6" onSubmit={(event) => void submit(event)}>
      {error && <ErrorBanner error={error} />}
      <Field
        label={t("signIn.name")}
        data-testid="sign-in-name"
        name="username"
        autoComplete="username"
        autoCapitalize="none"
        spellCheck={false}
        autoFocus
        required
        maxLength={128}
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      <Field
        label={t("signIn.password")}
        data-testid="sign-in-password"
        name="password"
        type="password"
        autoComplete="current-password"
        required
        maxLength={1024}
        value={password}
        onChange={(event) => setPassword(event.target.value)}
      />
      <Button type="submit" size="lg" data-testid="sign-in-submit" disabled={busy}>
        {busy ? t("signIn.busy") : t("signIn.submit")}
      </Button>
      <p className="text-[0.9375rem] leading-relaxed text-muted">{t("signIn.help")}</p>
    </form>
  );
}
