/** How the installation is doing now, and the sessions in it. */
import type { ReactNode } from "react";
import type { Overview } from "../../http/overview-contract.ts";
import { formatBytes, formatNumber, formatTime } from "../base/format.ts";
import { useLanguage, useText } from "../base/language.ts";
import { Link } from "../base/router.tsx";
import { useLoad } from "../base/use-load.ts";
import { Badge } from "../ui/badge.tsx";
import { Banner } from "../ui/banner.tsx";
import { LoadView } from "../ui/load-view.tsx";
import { Card, PageHeading, PageShell } from "../ui/page-shell.tsx";
import { TrendSection } from "./trend-section.tsx";
import { CapacityCard } from "./capacity-card.tsx";
import { SessionsTable } from "./sessions-table.tsx";

const pollMs = 5000;

export default function AdminOverviewPage(): React.JSX.Element {
  const t = useText();
  const { loaded, reload } = useLoad<Overview>("/api/admin/overview", pollMs);
  return (
    <PageShell title={t("overview.title")}>
      <PageHeading title={t("overview.title")} />
      <div className="flex flex-col gap-8">
        <LoadView loaded={loaded} onRetry={reload}>
          {(overview) => (
            <>
              <Warnings overview={overview} />
              <Numbers overview={overview} />
              <CapacityCard capacity={overview.capacity} />
            </>
          )}
        </LoadView>
        <TrendSection />
        <SessionsTable onEnded={reload} />
      </div>
    </PageShell>
  );
}

function Warnings(props: { readonly overview: Overview }): React.JSX.Element {
  const t = useText();
  const language = useLanguage();
  const { overview } = props;
  return (
    <div className="flex flex-col gap-4 empty:hidden">
      {overview.signaturesAreShippedOnly && (
        <Banner tone="caution" title={t("overview.shippedOnly")} testId="signatures-warning">
          {t("overview.shippedOnlyBody")}
        </Banner>
      )}
      {["failed", "refused", "partly"].includes(overview.signatureUpdate.outcome) && (
        <Banner tone="caution" title={t("overview.updateFailing")} testId="signatures-update">
          {t("overview.updateFailingBody", {
            source: overview.signatureUpdate.source,
            at:
              overview.signatureUpdate.goodAt === null
                ? "–"
                : formatTime(language, overview.signatureUpdate.goodAt),
          })}
          <span className="mt-1 block whitespace-pre-line break-words text-[0.8125rem]">
            {overview.signatureUpdate.detail}
          </span>
        </Banner>
      )}
      {overview.signatures.isOld && (
        <Banner tone="danger" title={t("overview.signaturesOld")} testId="signatures-old">
          {t("overview.signaturesOldBody")}
        </Banner>
      )}
      {Object.values(overview.policy).some((count) => count > 0) && (
        <Banner tone="caution" title={t("overview.policyNotes")} testId="policy-warning">
          {t("overview.policyNotesBody", {
            problems: String(overview.policy.problems),
            expired: String(overview.policy.expired),
            held: String(overview.policy.feedsHeld),
            failing: String(overview.policy.feedsFailing),
            old: String(overview.policy.feedsOld),
          })}
        </Banner>
      )}
      {overview.settings.faults > 0 && (
        <Banner tone="danger" title={t("settings.faults")} testId="settings-faults">
          <Link href="/admin/settings" className="underline underline-offset-4">
            {t("overview.toSettings")}
          </Link>
        </Banner>
      )}
      {overview.settings.waiting > 0 && (
        <Banner
          tone="caution"
          title={t("settings.waiting", { count: overview.settings.waiting })}
          testId="settings-waiting"
        >
          <p>{t("settings.waitingBody")}</p>
          <Link href="/admin/settings" className="underline underline-offset-4">
            {t("overview.toSettings")}
          </Link>
        </Banner>
      )}
      {overview.proxy === "down" && (
        <Banner tone="danger" title={`${t("overview.proxy")}: ${t("overview.down")}`}>
          {t("overview.proxyDownBody")}
        </Banner>
      )}
      {overview.scanner === "down" && (
        <Banner tone="danger" title={`${t("overview.scanner")}: ${t("overview.down")}`}>
          {t("overview.scannerDownBody")}
        </Banner>
      )}
      {overview.capacity.line.waiting > overview.capacity.line.overQuota && (
        <Banner tone="caution" title={t("capacity.fullTitle")} testId="full-warning">
          {t("capacity.fullBody")}
        </Banner>
      )}
      {overview.sessions.stuck > 0 && (
        <Banner tone="danger" title={`${t("overview.stuck")}: ${overview.sessions.stuck}`}>
          {t("overview.stuckBody")}
        </Banner>
      )}
    </div>
  );
}

function Numbers(props: { readonly overview: Overview }): React.JSX.Element {
  const t = useText();
  const language = useLanguage();
  const { overview } = props;
  const { sessions, signatures } = overview;
  const used =
    sessions.active + sessions.ready + sessions.creating + sessions.closing + sessions.stuck;
  return (
    <div className="grid gap-6 lg:grid-cols-[3fr_2fr]">
      <Card className="flex flex-col justify-between gap-6 p-8">
        <div className="flex items-end justify-between gap-4">
          <div>
            <p className="text-[0.9375rem] text-muted">{t("overview.active")}</p>
            <p
              className="text-[3.5rem] font-bold leading-none tabular-nums"
              data-testid="sessions-active"
            >
              {formatNumber(language, sessions.active)}
            </p>
          </div>
          <p className="text-[0.9375rem] text-muted">
            {t("overview.seats")}{" "}
            <span className="font-bold text-ink">
              {t("overview.seatsText", {
                used: formatNumber(language, used),
                limit: formatNumber(language, overview.limit),
              })}
            </span>
          </p>
        </div>
        <meter
          className="sr-only"
          min={0}
          max={Math.max(1, overview.limit)}
          value={used}
          aria-label={t("overview.seats")}
        />
        <SeatBar sessions={sessions} limit={overview.limit} />
        <dl className="grid grid-cols-4 gap-4">
          <Count name={t("overview.ready")} value={sessions.ready} />
          <Count name={t("overview.creating")} value={sessions.creating} />
          <Count name={t("overview.closing")} value={sessions.closing} />
          <Count name={t("overview.stuck")} value={sessions.stuck} alarm={sessions.stuck > 0} />
        </dl>
      </Card>
      <Card className="p-8">
        <h2 className="text-std-18B-160">{t("overview.health")}</h2>
        <dl className="mt-3">
          <State name={t("overview.proxy")}>
            <UpDown state={overview.proxy} />
          </State>
          <State name={t("overview.scanner")}>
            <UpDown state={overview.scanner} />
          </State>
          <State name={t("overview.orphans")}>
            <span data-testid="orphans" data-count={overview.orphans}>
              {overview.orphans === 0 ? (
                <Badge tone="good" icon="check" text={t("overview.orphansNone")} />
              ) : (
                <Badge
                  tone="danger"
                  icon="warning"
                  text={t("overview.orphansSome", { count: overview.orphans })}
                />
              )}
            </span>
          </State>
          {overview.host !== null && <HostStates host={overview.host} />}
          <State name={t("overview.signatures")}>
            <span className="text-right text-[0.875rem]">
              {signatures.names.length === 0
                ? t("overview.signaturesNone")
                : signatures.names.join(", ")}
              {signatures.count !== null &&
                ` / ${t("overview.signaturesCount", { count: formatNumber(language, signatures.count) })}`}
              {signatures.builtAt !== null && (
                <span className="block text-muted">
                  {t("overview.signaturesBuilt", { at: formatTime(language, signatures.builtAt) })}
                </span>
              )}
            </span>
          </State>
        </dl>
      </Card>
    </div>
  );
}

const isolationLooks = {
  proven: { tone: "good", icon: "check" },
  unproven: { tone: "info", icon: "info" },
  failing: { tone: "danger", icon: "blocked" },
} as const;

function HostStates(props: { readonly host: NonNullable<Overview["host"]> }): React.JSX.Element {
  const t = useText();
  const language = useLanguage();
  const { isolation, diskFreeBytes, diskTotalBytes } = props.host;
  return (
    <>
      <State name={t("overview.isolation")}>
        <Link href="/admin/isolation">
          <Badge {...isolationLooks[isolation]} text={t(`overview.isolation.${isolation}`)} />
        </Link>
      </State>
      <State name={t("overview.disk")}>
        <span className="text-[0.875rem] tabular-nums">
          {t("overview.diskText", {
            free: formatBytes(language, diskFreeBytes),
            total: formatBytes(language, diskTotalBytes),
          })}
        </span>
      </State>
    </>
  );
}

/** One segment per seat while they can be told apart; the width is set through the DOM, which the CSP allows. */
function SeatBar(props: {
  readonly sessions: Overview["sessions"];
  readonly limit: number;
}): React.JSX.Element {
  const { sessions, limit } = props;
  const parts = [
    { key: "active", count: sessions.active, look: "bg-primary" },
    { key: "creating", count: sessions.creating + sessions.closing, look: "bg-key-400" },
    { key: "ready", count: sessions.ready, look: "bg-key-200" },
    { key: "stuck", count: sessions.stuck, look: "bg-danger-fill" },
  ];
  const total = Math.max(1, limit);
  return (
    <div aria-hidden="true" className="flex h-3 gap-0.5 overflow-hidden rounded-full bg-line">
      {parts
        .filter((part) => part.count > 0)
        .map((part) => (
          <span
            key={part.key}
            className={part.look}
            style={{ width: `${(100 * part.count) / total}%` }}
          />
        ))}
    </div>
  );
}

function Count(props: {
  readonly name: string;
  readonly value: number;
  readonly alarm?: boolean;
}): React.JSX.Element {
  const language = useLanguage();
  return (
    <div>
      <dt className="text-[0.875rem] text-muted">{props.name}</dt>
      <dd
        className={`text-[1.5rem] font-bold tabular-nums ${props.alarm === true ? "text-danger" : ""}`}
      >
        {formatNumber(language, props.value)}
      </dd>
    </div>
  );
}

function State(props: { readonly name: string; readonly children: ReactNode }): React.JSX.Element {
  return (
    <div className="flex items-center justify-between gap-4 border-b border-line py-3 last:border-b-0">
      <dt className="text-[0.9375rem]">{props.name}</dt>
      <dd>{props.children}</dd>
    </div>
  );
}

function UpDown(props: { readonly state: "up" | "down" }): React.JSX.Element {
  const t = useText();
  return props.state === "up" ? (
    <Badge tone="good" icon="check" text={t("overview.up")} />
  ) : (
    <Badge tone="danger" icon="error" text={t("overview.down")} />
  );
}
