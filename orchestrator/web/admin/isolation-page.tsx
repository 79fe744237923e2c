/** How well this machine isolates: the host, and a probe container started and looked at on demand. */
import type { IsolationReport } from "../../http/overview-contract.ts";
import { call } from "../base/api.ts";
import { formatTime } from "../base/format.ts";
import { useLanguage, useText } from "../base/language.ts";
import { useAct } from "../base/use-act.ts";
import { useLoad } from "../base/use-load.ts";
import { Banner, ErrorBanner } from "../ui/banner.tsx";
import { Button } from "../ui/button.tsx";
import { Icon, Spinner } from "../ui/icons.tsx";
import { EmptyState, LoadView } from "../ui/load-view.tsx";
import { Card, PageHeading, PageShell } from "../ui/page-shell.tsx";
import { FindingsTable } from "./findings-table.tsx";

export default function AdminIsolationPage(): React.JSX.Element {
  const t = useText();
  const { loaded, reload } = useLoad<IsolationReport>("/api/admin/isolation");
  const { busy: probing, error, run } = useAct();
  const probe = (): Promise<boolean> =>
    run(async () => {
      await call("POST", "/api/admin/isolation");
      reload();
    });
  return (
    <PageShell title={t("isolation.title")}>
      <PageHeading
        title={t("isolation.title")}
        lead={t("isolation.lead")}
        actions={
          <Button
            variant="outline"
            disabled={probing}
            data-testid="isolation-probe"
            onClick={() => void probe()}
          >
            {probing ? <Spinner size={20} plain /> : <Icon name="shield" />}
            {t(probing ? "isolation.probing" : "isolation.probe")}
          </Button>
        }
      />
      {error !== null && <ErrorBanner error={error} />}
      <LoadView loaded={loaded} onRetry={reload}>
        {(report) => <Report report={report} />}
      </LoadView>
    </PageShell>
  );
}

function Report(props: { readonly report: IsolationReport }): React.JSX.Element {
  const t = useText();
  const language = useLanguage();
  const { host, probe } = props.report;
  return (
    <div className="flex flex-col gap-8">
      <Verdict report={props.report} />
      <section aria-labelledby="isolation-host">
        <h2 id="isolation-host" className="mb-4 text-std-22B-150">
          {t("isolation.host")}
        </h2>
        <FindingsTable findings={host} testId="isolation-host-rows" />
      </section>
      <section aria-labelledby="isolation-probe">
        <h2 id="isolation-probe" className="text-std-22B-150">
          {t("isolation.probeTitle")}
        </h2>
        <p className="mb-4 mt-1 text-[0.9375rem] text-muted">
          {t("isolation.probeLead")}
          {probe !== null &&
            ` ${t("isolation.probeAt", {
              at: formatTime(language, probe.at),
              seconds: (probe.durationMs / 1000).toFixed(1),
            })}`}
        </p>
        {probe === null ? (
          <Card>
            <EmptyState text={t("isolation.probeNever")} />
          </Card>
        ) : (
          <FindingsTable findings={probe.rows} testId="isolation-probe-rows" />
        )}
      </section>
    </div>
  );
}

function Verdict(props: { readonly report: IsolationReport }): React.JSX.Element {
  const t = useText();
  const { host, probe } = props.report;
  const bad = [...host, ...(probe?.rows ?? [])].some(({ level }) => level === "fail");
  if (bad)
    return (
      <Banner tone="danger" title={t("isolation.bad")} testId="isolation-verdict">
        <p>{t("isolation.badBody")}</p>
      </Banner>
    );
  return (
    <Banner
      tone={probe === null ? "info" : "good"}
      title={t(probe === null ? "isolation.hostWell" : "isolation.allWell")}
      testId="isolation-verdict"
    >
      <p>{t(probe === null ? "isolation.hostWellBody" : "isolation.allWellBody")}</p>
    </Banner>
  );
}
