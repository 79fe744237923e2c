/** The portal: open the internet, return to what is open, and the ways to the administration pages. */
import { type SyntheticEvent, useEffect, useState } from "react";
import type { Session } from "../../http/contract.ts";
import { call } from "../base/api.ts";
import { formatClock } from "../base/format.ts";
import { useLanguage, useText } from "../base/language.ts";
import { adminPagesOf } from "../base/admin-pages.ts";
import { hasRole, useAccount } from "../base/me.tsx";
import { Link } from "../base/router.tsx";
import { useAct } from "../base/use-act.ts";
import { useLoad } from "../base/use-load.ts";
import type { TextName } from "../i18n/dictionary.ts";
import { Banner, ErrorBanner } from "../ui/banner.tsx";
import { Button, buttonClass } from "../ui/button.tsx";
import { Icon, type IconName } from "../ui/icons.tsx";
import { HouseDrawing } from "../ui/logo.tsx";
import { Card, PageShell } from "../ui/page-shell.tsx";
import { WaitingNotice } from "../ui/waiting-requests.tsx";
import { type Click, newKey, openRequest, startPath, tabName } from "../viewer/opening.ts";
import { FilesNotice } from "./files-notice.tsx";
import { MyRightsCard } from "./my-rights-card.tsx";
import { RequestsNotice } from "./requests-notice.tsx";
import { fetchStartPage } from "./start-page.ts";

const pollMs = 10_000;

export function PortalPage(): React.JSX.Element {
  const t = useText();
  const { me } = useAccount();
  const { loaded, reload } = useLoad<{ session: Session | null }>("/api/session", pollMs);
  const session = loaded.state === "value" ? loaded.value.session : null;

  useEffect(() => {
    // A person who looks at the portal opens the viewer next: its code is fetched while they read.
    const timer = window.setTimeout(() => {
      void import("@novnc/novnc");
      fetchStartPage();
    }, 500);
    const onFocus = (): void => {
      reload();
      fetchStartPage();
    };
    window.addEventListener("focus", onFocus);
    return () => {
      window.clearTimeout(timer);
      window.removeEventListener("focus", onFocus);
    };
  }, [reload]);

  return (
    <PageShell title={t("header.portal")}>
      <div className="flex flex-col gap-6">
        {loaded.state === "error" && <ErrorBanner error={loaded.error} onRetry={reload} />}
        {session && <RunningSession session={session} onEnded={reload} />}
        <WaitingNotice />
        <FilesNotice />
        <RequestsNotice />
        {hasRole(me, "user") && <OpenCard />}
        {hasRole(me, "user") && <MyRightsCard />}
        <HowItWorks />
        <AdminLinks />
      </div>
    </PageShell>
  );
}

function OpenCard(): React.JSX.Element {
  const t = useText();
  const [address, setAddress] = useState("");
  const [blocked, setBlocked] = useState<Click | null>(null);

  const open = (event: SyntheticEvent): void => {
    event.preventDefault();
    const click = { url: address.trim(), key: newKey() };
    // The new page asks for the session with the same key; asked from here, it is under way before that page
    // exists. Whatever becomes of this request, that page hears the truth.
    call("POST", "/api/sessions", openRequest(click, window)).catch(() => undefined);
    // Opened in the click itself, or the browser takes it for a pop-up.
    const opened = window.open(startPath, tabName(click));
    setBlocked(opened === null ? click : null);
    if (opened) setAddress("");
  };

  return (
    <Card className="overflow-hidden">
      <div className="grid lg:grid-cols-[1fr_24rem]">
        <form className="flex min-w-0 flex-col gap-6 px-6 py-9 sm:px-12" onSubmit={open}>
          <div>
            <h1 className="text-std-32B-150">{t("portal.title")}</h1>
            <p className="mt-2 leading-loose text-muted">{t("portal.lead")}</p>
          </div>
          <div className="flex flex-col gap-2">
            <label htmlFor="address" className="text-std-16B-170">
              {t("portal.address")}
              <span className="ml-2 text-[0.875rem] font-normal text-muted">
                {t("common.optional")}
              </span>
            </label>
            <input
              id="address"
              data-testid="address"
              className="input h-14 w-full max-w-[34rem]"
              aria-describedby="address-help"
              inputMode="url"
              autoComplete="off"
              spellCheck={false}
              maxLength={8192}
              placeholder={t("portal.addressExample")}
              value={address}
              onChange={(event) => setAddress(event.target.value)}
            />
            <p id="address-help" className="text-[0.875rem] text-muted">
              {t("portal.addressHelp")}
            </p>
          </div>
          <div>
            <Button
              type="submit"
              size="xl"
              data-testid="open-internet"
              onPointerEnter={fetchStartPage}
            >
              {t("portal.open")}
              <Icon name="open" size={24} />
            </Button>
          </div>
          {blocked && <BlockedTab click={blocked} onOpened={() => setBlocked(null)} />}
        </form>
        <div className="hidden items-end bg-primary-soft pt-8 text-primary lg:flex">
          <HouseDrawing wide className="w-full" />
        </div>
      </div>
    </Card>
  );
}

/** What keeps scripts from opening tabs lets people follow links; it is the same click, and the same session. */
function BlockedTab(props: {
  readonly click: Click;
  readonly onOpened: () => void;
}): React.JSX.Element {
  const t = useText();
  return (
    <Banner
      tone="caution"
      title={t("portal.popup")}
      actions={
        <a
          data-testid="open-blocked"
          className={buttonClass("outline", "sm")}
          href={startPath}
          target={tabName(props.click)}
          rel="opener"
          // Not before the browser has followed it.
          onClick={() => window.setTimeout(props.onOpened)}
        >
          {t("portal.popupOpen")}
        </a>
      }
    >
      {t("portal.popupBody")}
    </Banner>
  );
}

function RunningSession(props: {
  readonly session: Session;
  readonly onEnded: () => void;
}): React.JSX.Element {
  const t = useText();
  const language = useLanguage();
  const { busy: ending, error, run } = useAct();
  const { session, onEnded } = props;

  const end = (): Promise<boolean> =>
    run(async () => {
      await call("DELETE", `/api/sessions/${encodeURIComponent(session.id)}`);
      onEnded();
    });

  return (
    <>
      {error && <ErrorBanner error={error} />}
      <section
        data-testid="running-session"
        className="flex flex-wrap items-center gap-5 rounded-16 border-2 border-room bg-surface px-8 py-5"
      >
        <span className="flex size-12 items-center justify-center rounded-full bg-room text-on-room">
          <Icon name="globe" size={26} />
        </span>
        <div className="grow">
          <h2 className="text-std-18B-160">{t("portal.running")}</h2>
          <p className="text-[0.9375rem] text-muted">
            {t("portal.runningBody", {
              since: formatClock(language, session.claimedAt ?? session.createdAt),
            })}
          </p>
        </div>
        <Button variant="text" disabled={ending} onClick={() => void end()}>
          {ending ? t("portal.ending") : t("portal.end")}
        </Button>
        <Button
          onClick={() => window.open(`/view/${session.id}`, "_blank")}
          data-testid="return-to-session"
        >
          {t("portal.return")}
          <Icon name="open" />
        </Button>
      </section>
    </>
  );
}

const steps = [
  { icon: "globe", title: "portal.how1", body: "portal.how1Body" },
  { icon: "shield", title: "portal.how2", body: "portal.how2Body" },
  { icon: "power", title: "portal.how3", body: "portal.how3Body" },
] as const satisfies readonly { icon: IconName; title: TextName; body: TextName }[];

function HowItWorks(): React.JSX.Element {
  const t = useText();
  return (
    <section aria-labelledby="how">
      <h2 id="how" className="sr-only">
        {t("portal.how")}
      </h2>
      <ol className="grid gap-6 md:grid-cols-3">
        {steps.map((step) => (
          <li key={step.title} className="flex gap-4 px-2 py-1">
            <span className="flex size-11 shrink-0 items-center justify-center rounded-full bg-primary-soft text-primary">
              <Icon name={step.icon} size={24} />
            </span>
            <div>
              <h3 className="text-std-16B-170">{t(step.title)}</h3>
              <p className="mt-1 text-[0.9375rem] leading-relaxed text-muted">{t(step.body)}</p>
            </div>
          </li>
        ))}
      </ol>
    </section>
  );
}

function AdminLinks(): React.JSX.Element | null {
  const t = useText();
  const { me } = useAccount();
  const links = adminPagesOf(me);
  if (links.length === 0) return null;
  return (
    <nav
      aria-labelledby="admin-links"
      className="flex flex-wrap items-center gap-x-6 gap-y-2 border-t border-line pt-6 text-[0.9375rem]"
    >
      <h2 id="admin-links" className="font-bold">
        {t("portal.admin")}
      </h2>
      {links.map((link) => (
        <Link
          key={link.path}
          href={link.path}
          className="rounded-4 text-primary underline underline-offset-4 hover:decoration-2"
        >
          {t(link.name)}
        </Link>
      ))}
    </nav>
  );
}
