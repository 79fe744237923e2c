/** What `hanare doctor` finds, as a page: a check goes on when it is left, and shows how far it is when it is opened again. */
import { useState } from "react";
import type { HealthView } from "../../http/overview-contract.ts";
import { call } from "../base/api.ts";
import { formatTime } from "../base/format.ts";
import { useLanguage, useText } from "../base/language.ts";
import { Link } from "../base/router.tsx";
import { useAct } from "../base/use-act.ts";
import { useLoad } from "../base/use-load.ts";
import { Banner, ErrorBanner } from "../ui/banner.tsx";
import { Button } from "../ui/button.tsx";
import { Icon, Spinner } from "../ui/icons.tsx";
import { EmptyState, LoadView } from "../ui/load-view.tsx";
import { Card, PageHeading, PageShell } from "../ui/page-shell.tsx";
import { FindingsTable } from "./findings-table.tsx";

type Report = NonNullable<HealthView["report"]>;
type Check = Report["checks"][number];

/** While a check runs, and while none does: another administrator may begin one. */
const [busyPollMs, calmPollMs] = [1000, 15_000];

export default function AdminHealthPage(): React.JSX.Element {
  const t = useText();
  const [everyMs, setEveryMs] = useState(busyPollMs);
  const { loaded, reload } = useLoad<HealthView>("/api/admin/health", everyMs);
  const { busy, error, run } = useAct();
  const progress = loaded.state === "value" ? loaded.value.progress : null;
  const wanted = progress === null ? calmPollMs : busyPollMs;
  if (loaded.state === "value" && everyMs !== wanted) setEveryMs(wanted);
  const check = (): Promise<boolean> =>
    run(async () => {
      await call("POST", "/api/admin/health");
      reload();
    });
  const running = busy || progress !== null;
  return (
    <PageShell title={t("health.title")}>
      <PageHeading
        title={t("health.title")}
        lead={t("health.lead")}
        actions={
          <Button
            variant="outline"
            disabled={running}
            data-testid="health-check"
            onClick={() => void check()}
          >
            {running ? <Spinner size={20} plain /> : <Icon name="reload" />}
            {t(running ? "health.checking" : "health.check")}
          </Button>
        }
      />
      <div className="flex flex-col gap-6">
        {error !== null && <ErrorBanner error={error} />}
        {progress !== null && <Progress progress={progress} />}
        <LoadView loaded={loaded} onRetry={reload}>
          {({ report }) =>
            report === null ? (
              <Card>
                <EmptyState text={t(progress === null ? "health.never" : "health.first")} />
              </Card>
            ) : (
              <Findings report={report} />
            )
          }
        </LoadView>
        <p>
          <Link href="/admin/isolation" className="text-primary underline underline-offset-4">
            {t("health.toIsolation")}
          </Link>
        </p>
      </div>
    </PageShell>
  );
}

function Progress(props: {
  readonly progress: NonNullable<HealthView["progress"]>;
}): React.JSX.Element {
  const t = useText();
  const { now, done, of } = props.progress;
  return (
    <div data-testid="health-progress">
      <p className="mb-2 text-[0.9375rem]">
        {t("health.now", { what: t(`finding.row.${now}`), done: done + 1, of })}
      </p>
      <progress
        className="h-3 w-full accent-primary"
        max={of}
        value={done}
        aria-label={t("health.checking")}
      />
    </div>
  );
}

const order: Readonly<Record<Check["level"], number>> = { fail: 0, warn: 1, ok: 2 };

function Findings(props: { readonly report: Report }): React.JSX.Element {
  const t = useText();
  const language = useLanguage();
  const { checks, at, durationMs } = props.report;
  const count = (level: Check["level"]) => checks.filter((each) => each.level === level).length;
  const [fails, warns] = [count("fail"), count("warn")];
  return (
    <>
      <Banner
        tone={fails > 0 ? "danger" : warns > 0 ? "caution" : "good"}
        title={fails + warns === 0 ? t("health.well") : t("health.found", { fails, warns })}
        testId="health-verdict"
      >
        <p>
          {fails + warns > 0 && `${t("health.foundBody")} `}
          {t("health.at", {
            at: formatTime(language, at),
            seconds: (durationMs / 1000).toFixed(1),
          })}
        </p>
      </Banner>
      <FindingsTable
        findings={checks.toSorted((one, other) => order[one.level] - order[other.level])}
        testId="health-rows"
      />
    </>
  );
}
