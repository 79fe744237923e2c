/** The frame of the portal and administration pages: skip link, header, navigation, main. */
import { type ReactNode, useEffect, useState } from "react";
import { call } from "../base/api.ts";
import { useText } from "../base/language.ts";
import { adminPagesOf } from "../base/admin-pages.ts";
import { hasRole, useAccount } from "../base/me.tsx";
import { Link, navigate, usePath } from "../base/router.tsx";
import { Icon } from "./icons.tsx";
import { LanguageSwitch } from "./language-switch.tsx";
import { Wordmark } from "./logo.tsx";
import { NoticeBell } from "./notice-bell.tsx";
import { WaitingCount } from "./waiting-requests.tsx";

export function useTitle(title: string): void {
  useEffect(() => {
    document.title = title === "" ? "Hanare" : `${title} | Hanare`;
  }, [title]);
}

export function PageShell(props: {
  readonly title: string;
  readonly children: ReactNode;
}): React.JSX.Element {
  const t = useText();
  const path = usePath();
  const { me } = useAccount();
  // Tables profit from a wide screen; sentences do not.
  const width = path.startsWith("/admin") ? "max-w-[96rem]" : "max-w-[80rem]";
  useTitle(props.title);
  return (
    <div className="flex min-h-dvh flex-col">
      <a
        href="#main"
        className="absolute left-2 -top-20 z-20 rounded-8 bg-surface px-4 py-3 text-primary underline focus:top-2"
      >
        {t("app.skip")}
      </a>
      <header className="border-b border-line bg-surface">
        <div className={`mx-auto flex h-16 items-center gap-2 px-4 sm:gap-6 sm:px-8 ${width}`}>
          <Link href="/" className="rounded-8" aria-label={t("app.name")}>
            <Wordmark />
          </Link>
          <p className="hidden border-l border-line pl-6 text-[0.875rem] text-muted lg:block">
            {t("app.tagline")}
          </p>
          <div className="grow" />
          {/* Whose sign-in is not complete is told nothing yet, and must not be led away from completing it. */}
          {me.stage === "full" && <NoticeBell />}
          <LanguageSwitch />
          <AccountMenu />
        </div>
        {path.startsWith("/admin") && <AdminNavigation path={path} />}
      </header>
      <main
        id="main"
        tabIndex={-1}
        className={`mx-auto w-full grow px-4 py-6 sm:px-8 sm:py-9 focus-visible:outline-none focus-visible:shadow-none ${width}`}
      >
        {props.children}
      </main>
    </div>
  );
}

function AccountMenu(): React.JSX.Element {
  const t = useText();
  const { me, setMe } = useAccount();
  const [open, setOpen] = useState(false);
  const home = adminPagesOf(me)[0]?.path;
  const item =
    "flex min-h-11 w-full items-center px-4 text-left hover:bg-primary-soft hover:underline underline-offset-4 ring-inside";
  const signOut = async (): Promise<void> => {
    // Whatever the server answers, this page forgets who was signed in.
    await call("POST", "/api/sign-out").catch(() => undefined);
    setMe(null);
    navigate("/sign-in");
  };
  return (
    <div
      className="relative"
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) setOpen(false);
      }}
      onKeyDown={(event) => {
        if (event.key === "Escape") setOpen(false);
      }}
    >
      <button
        type="button"
        aria-expanded={open}
        data-testid="account-menu"
        onClick={() => setOpen(!open)}
        className="inline-flex h-10 items-center gap-2 rounded-6 px-3 text-[0.9375rem] hover:bg-primary-soft"
      >
        <Icon name="user" />
        {/* A phone has no room for it: there it is said, not shown. */}
        <span className="sr-only max-w-48 truncate sm:not-sr-only">
          {t("header.account", { name: me.displayName })}
        </span>
        <Icon name="chevron" size={16} />
      </button>
      {open && (
        <div className="absolute right-0 top-12 z-10 w-60 overflow-hidden rounded-12 bg-surface py-2 shadow-float">
          <Link href="/" className={item} onClick={() => setOpen(false)}>
            {t("header.portal")}
          </Link>
          <Link href="/files" className={item} onClick={() => setOpen(false)}>
            {t("header.files")}
          </Link>
          {hasRole(me, "approver") && (
            <Link href="/approvals" className={item} onClick={() => setOpen(false)}>
              {t("header.approvals")}
            </Link>
          )}
          <Link href="/requests" className={item} onClick={() => setOpen(false)}>
            {t("header.requests")}
          </Link>
          {home !== undefined && (
            <Link
              href={home}
              className={item}
              data-testid="to-admin"
              onClick={() => setOpen(false)}
            >
              {t("header.admin")}
            </Link>
          )}
          <Link href="/help" className={item} data-testid="to-help" onClick={() => setOpen(false)}>
            {t("header.help")}
          </Link>
          <Link
            href="/security"
            className={item}
            data-testid="to-security"
            onClick={() => setOpen(false)}
          >
            {t("header.security")}
          </Link>
          <Link href="/password" className={item} onClick={() => setOpen(false)}>
            {t("header.password")}
          </Link>
          <div className="my-2 border-t border-line" />
          <button
            type="button"
            className={item}
            data-testid="sign-out"
            onClick={() => void signOut()}
          >
            {t("header.signOut")}
          </button>
        </div>
      )}
    </div>
  );
}

/** Pages that another one leads to, and that are not in the navigation themselves. */
const parentPages: Readonly<Record<string, string>> = { "/admin/isolation": "/admin/health" };

function AdminNavigation(props: { readonly path: string }): React.JSX.Element {
  const t = useText();
  const { me } = useAccount();
  const shown = parentPages[props.path] ?? props.path;
  // A page below another one of the navigation is itself, and not that one.
  const here = adminPagesOf(me)
    .map(({ path }) => path)
    .filter((path) => path === shown || (path !== "/admin" && shown.startsWith(`${path}/`)))
    .reduce((longest, path) => (path.length > longest.length ? path : longest), "");
  return (
    <nav
      aria-label={t("header.admin")}
      className="mx-auto flex max-w-[96rem] flex-wrap gap-x-2 px-4 sm:px-8"
    >
      {adminPagesOf(me).map((page) => {
        return (
          <Link
            key={page.path}
            href={page.path}
            aria-current={page.path === here ? "page" : undefined}
            className={`ring-inside -mb-px flex h-12 items-center border-b-4 px-4 text-[0.9375rem] ${page.path === here ? "border-primary font-bold text-primary" : "border-transparent hover:border-line hover:underline underline-offset-4"}`}
          >
            {t(page.name)}
            {page.path === "/admin/requests" && <WaitingCount />}
          </Link>
        );
      })}
    </nav>
  );
}

export function PageHeading(props: {
  readonly title: string;
  readonly lead?: string;
  readonly actions?: ReactNode;
}): React.JSX.Element {
  return (
    <div className="mb-8 flex flex-wrap items-end justify-between gap-4">
      <div>
        <h1 className="text-std-28B-150">{props.title}</h1>
        {props.lead !== undefined && <p className="mt-2 text-muted">{props.lead}</p>}
      </div>
      {props.actions !== undefined && <div className="flex gap-3">{props.actions}</div>}
    </div>
  );
}

export function Card(props: {
  readonly children: ReactNode;
  readonly className?: string;
}): React.JSX.Element {
  return (
    <section
      className={`rounded-16 border border-line bg-surface shadow-card ${props.className ?? ""}`}
    >
      {props.children}
    </section>
  );
}
