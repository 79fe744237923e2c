/** Which page a path shows, who is signed in, and the last resort when a page throws. */
import { Component, lazy, type ReactNode, Suspense, useEffect, useMemo, useState } from "react";
import type { ErrorBody, Me } from "../http/contract.ts";
import { ApiError, call, toErrorBody } from "./base/api.ts";
import { useText } from "./base/language.ts";
import { adminPagesOf } from "./base/admin-pages.ts";
import { AccountContext, hasRole } from "./base/me.tsx";
import { navigate, usePath } from "./base/router.tsx";
import { ApprovalsPage } from "./portal/approvals-page.tsx";
import { FilesPage } from "./portal/files-page.tsx";
import { GoPage } from "./portal/go-page.tsx";
import { PasswordPage } from "./portal/password-page.tsx";
import { PortalPage } from "./portal/portal-page.tsx";
import { RequestsPage } from "./portal/requests-page.tsx";
import { SecondFactorPage } from "./portal/second-factor-page.tsx";
import { SignInPage } from "./portal/sign-in-page.tsx";
import { ErrorBanner } from "./ui/banner.tsx";
import { Button, LinkButton } from "./ui/button.tsx";
import { Loading } from "./ui/load-view.tsx";
import { ProofDialog } from "./ui/proof-dialog.tsx";
import { PageHeading, PageShell } from "./ui/page-shell.tsx";
import { ViewerPage } from "./viewer/viewer-page.tsx";

const HelpPage = lazy(() => import("./portal/help-page.tsx"));
const SecurityPage = lazy(() => import("./portal/security-page.tsx"));
const NoticesPage = lazy(() => import("./portal/notices-page.tsx"));
const AdminOverviewPage = lazy(() => import("./admin/overview-page.tsx"));
const AdminAuditPage = lazy(() => import("./admin/audit-page.tsx"));
const AdminReportsPage = lazy(() => import("./admin/reports-page.tsx"));
const AdminFilesPage = lazy(() => import("./admin/files-page.tsx"));
const AdminUsersPage = lazy(() => import("./admin/users-page.tsx"));
const AdminTokensPage = lazy(() => import("./admin/tokens-page.tsx"));
const AdminGroupsPage = lazy(() => import("./admin/groups-page.tsx"));
const AdminSettingsPage = lazy(() => import("./admin/settings-page.tsx"));
const AdminHealthPage = lazy(() => import("./admin/health-page.tsx"));
const AdminIsolationPage = lazy(() => import("./admin/isolation-page.tsx"));
const AdminRequestsPage = lazy(() => import("./admin/requests-page.tsx"));
const AdminExplainPage = lazy(() => import("./admin/explain-page.tsx"));
const AdminHistoryPage = lazy(() => import("./admin/policy-history-page.tsx"));
const AdminPolicyPage = lazy(() => import("./admin/policy-page.tsx"));

export function App(): React.JSX.Element {
  return (
    <LastResort>
      <Suspense fallback={<Loading />}>
        <Pages />
      </Suspense>
    </LastResort>
  );
}

type Account =
  | { readonly state: "asking" }
  | { readonly state: "failed"; readonly error: ErrorBody }
  | { readonly state: "known"; readonly me: Me | null };

function Pages(): ReactNode {
  const path = usePath();
  const [account, setAccount] = useState<Account>({ state: "asking" });
  const [turn, setTurn] = useState(0);
  // The viewer asks for its session itself: it must not wait for this answer first.
  const viewerId = /^\/view\/([^/]+)$/.exec(path)?.[1];
  const waits = viewerId === undefined && path !== "/go";

  useEffect(() => {
    if (!waits) return;
    const abort = new AbortController();
    call<Me>("GET", "/api/me", undefined, abort.signal).then(
      (me) => setAccount({ state: "known", me }),
      (error: unknown) => {
        if (abort.signal.aborted) return;
        if (error instanceof ApiError && error.status === 401)
          setAccount({ state: "known", me: null });
        else setAccount({ state: "failed", error: toErrorBody(error) });
      },
    );
    return () => abort.abort();
  }, [waits, turn]);

  const known = account.state === "known" ? account.me : null;
  const value = useMemo(
    () => known && { me: known, setMe: (me: Me | null) => setAccount({ state: "known", me }) },
    [known],
  );

  if (viewerId !== undefined) return <ViewerPage />;
  if (path === "/go") return <GoPage />;
  if (account.state === "asking") return <Loading />;
  if (account.state === "failed") {
    return (
      <div className="mx-auto max-w-[48rem] px-8 py-24">
        <ErrorBanner error={account.error} onRetry={() => setTurn(turn + 1)} />
      </div>
    );
  }
  if (value?.me.stage === "second-factor") {
    return (
      <AccountContext value={value}>
        <SecondFactorPage />
      </AccountContext>
    );
  }
  if (path === "/sign-in" || !value) {
    return <SignInPage onSignedIn={(me) => setAccount({ state: "known", me })} />;
  }
  return (
    <AccountContext value={value}>
      <PageAtStage path={path} me={value.me} />
      <ProofDialog />
    </AccountContext>
  );
}

/** Until a sign-in is complete there is one page only, whatever the address. */
function PageAtStage(props: { readonly path: string; readonly me: Me }): ReactNode {
  if (props.me.stage === "password") return <PasswordPage />;
  if (props.me.stage === "enrol") return <SecurityPage />;
  return <PageOf {...props} />;
}

function PageOf(props: { readonly path: string; readonly me: Me }): ReactNode {
  const { me, path } = props;
  switch (path) {
    case "/":
      return <PortalPage />;
    case "/password":
      return <PasswordPage />;
    case "/security":
      return <SecurityPage />;
    case "/help":
      return <HelpPage />;
    case "/requests":
      return <RequestsPage />;
    case "/files":
      return <FilesPage />;
    case "/notices":
      return <NoticesPage />;
    case "/approvals":
      return <ApprovalsPage />;
    case "/admin":
      if (hasRole(me, "system-admin")) return <AdminOverviewPage />;
      return <GoTo path={adminPagesOf(me)[0]?.path ?? "/"} />;
    case "/admin/audit":
      return <AdminAuditPage />;
    case "/admin/audit/reports":
      return <AdminReportsPage />;
    case "/admin/files":
      return <AdminFilesPage />;
    case "/admin/users":
      return <AdminUsersPage />;
    case "/admin/tokens":
      return <AdminTokensPage />;
    case "/admin/groups":
      return <AdminGroupsPage />;
    case "/admin/settings":
      return <AdminSettingsPage />;
    case "/admin/health":
      return <AdminHealthPage />;
    case "/admin/isolation":
      return <AdminIsolationPage />;
    case "/admin/requests":
      return <AdminRequestsPage />;
    case "/admin/explain":
      return <AdminExplainPage />;
    case "/admin/policy/history":
      return <AdminHistoryPage />;
    case "/admin/policy":
      return <AdminPolicyPage />;
    default:
      return path.startsWith("/api/saves/") ? <SaveLinkOverPage /> : <NotFoundPage />;
  }
}

function GoTo(props: { readonly path: string }): null {
  useEffect(() => navigate(props.path, "replace"), [props.path]);
  return null;
}

function NotFoundPage(): React.JSX.Element {
  const t = useText();
  return (
    <PageShell title={t("notFound.title")}>
      <PageHeading title={t("notFound.title")} lead={t("notFound.body")} />
      <LinkButton href="/">{t("common.toPortal")}</LinkButton>
    </PageShell>
  );
}

/** Where somebody follows a one-time link again. */
function SaveLinkOverPage(): React.JSX.Element {
  const t = useText();
  return (
    <PageShell title={t("files.linkOver")}>
      <PageHeading title={t("files.linkOver")} lead={t("files.linkOverBody")} />
      <LinkButton href="/files">{t("files.toPage")}</LinkButton>
    </PageShell>
  );
}

class LastResort extends Component<{ readonly children: ReactNode }, { readonly failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override render(): ReactNode {
    return this.state.failed ? <Failed /> : this.props.children;
  }
}

function Failed(): React.JSX.Element {
  const t = useText();
  return (
    <div className="mx-auto flex max-w-[48rem] flex-col items-start gap-6 px-8 py-24">
      <ErrorBanner error={toErrorBody(null)} />
      <Button onClick={() => location.reload()}>{t("error.reload")}</Button>
    </div>
  );
}
