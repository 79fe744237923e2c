/** Who and what stands out in the audit log: counts by person, section, host and file, as charts, tables and CSV. */
import { type SyntheticEvent, useState } from "react";
import type { AuditReport, AuditReportName } from "../../http/audit-contract.ts";
import { formatBytes, formatNumber } from "../base/format.ts";
import { useLanguage, useText } from "../base/language.ts";
import { Link, navigate, useSearch } from "../base/router.tsx";
import { useLoad } from "../base/use-load.ts";
import { Button } from "../ui/button.tsx";
import { ColumnChart, ShareBar } from "../ui/column-chart.tsx";
import { Field, SelectField } from "../ui/field.tsx";
import { EmptyState, LoadView } from "../ui/load-view.tsx";
import { Card, PageHeading, PageShell } from "../ui/page-shell.tsx";
import { CopyChoice, csvForms } from "./copy-choice.tsx";
import {
  everyDay,
  recordsAddress,
  type ReportChoice,
  readChoice,
  reportNames,
  reportSearch,
} from "./report-choice.ts";

export default function AdminReportsPage(): React.JSX.Element {
  const t = useText();
  const search = useSearch();
  const choice = readChoice(search, new Date());
  const { loaded, reload } = useLoad<AuditReport>(`/api/admin/audit-report${reportSearch(choice)}`);
  return (
    <PageShell title={t("reports.title")}>
      <PageHeading
        title={t("reports.title")}
        lead={t("reports.lead")}
        actions={
          <CopyChoice
            forms={csvForms}
            testId="report-csv"
            hrefOf={(encoding) => `/api/admin/audit-report.csv${reportSearch(choice, encoding)}`}
          />
        }
      />
      <ChoiceForm key={search} choice={choice} />
      {choice.report === "unusual-hours" && (
        <p className="mt-4 text-[0.9375rem] text-muted">{t("reports.unusual-hoursNote")}</p>
      )}
      <div className="mt-6">
        <LoadView loaded={loaded} onRetry={reload}>
          {(report) => <Report choice={choice} report={report} />}
        </LoadView>
      </div>
    </PageShell>
  );
}

function ChoiceForm(props: { readonly choice: ReportChoice }): React.JSX.Element {
  const t = useText();
  const [draft, setDraft] = useState(props.choice);
  const change = (part: Partial<ReportChoice>): void => setDraft({ ...draft, ...part });
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    navigate(`/admin/audit/reports${reportSearch(draft)}`);
  };
  return (
    <Card className="p-6">
      <form className="grid grid-cols-2 items-end gap-x-4 gap-y-5 md:grid-cols-5" onSubmit={submit}>
        <SelectField
          label={t("reports.which")}
          testId="report-which"
          value={draft.report}
          onChange={(report) => change({ report: report as AuditReportName })}
        >
          {reportNames.map((name) => (
            <option key={name} value={name}>
              {t(`reports.${name}`)}
            </option>
          ))}
        </SelectField>
        <Field
          dense
          type="date"
          label={t("reports.from")}
          data-testid="report-from"
          value={draft.from}
          onChange={(event) => change({ from: event.target.value })}
        />
        <Field
          dense
          type="date"
          label={t("reports.to")}
          data-testid="report-to"
          value={draft.to}
          onChange={(event) => change({ to: event.target.value })}
        />
        <Field
          dense
          label={t("audit.section")}
          data-testid="report-section"
          maxLength={64}
          value={draft.section}
          onChange={(event) => change({ section: event.target.value })}
        />
        <Button type="submit" size="sm" className="min-h-10! px-6!" data-testid="report-show">
          {t("reports.show")}
        </Button>
      </form>
    </Card>
  );
}

function Report(props: {
  readonly choice: ReportChoice;
  readonly report: AuditReport;
}): React.JSX.Element {
  const t = useText();
  const language = useLanguage();
  const number = (value: number) => formatNumber(language, value);
  const { choice, report } = props;
  if (report.records === 0)
    return (
      <Card>
        <EmptyState text={t("reports.empty")} />
      </Card>
    );
  const days = everyDay(report.days, choice).map(({ day, records }) => ({
    label: day,
    value: records,
  }));
  const hours = report.hours.map((value, hour) => ({ label: String(hour), value }));
  return (
    <div className="flex flex-col gap-6" data-testid="report">
      <div className="grid gap-6 lg:grid-cols-[3fr_2fr]">
        <Card className="p-6">
          <ColumnChart
            title={t("reports.byDay")}
            unit={t("reports.day")}
            columns={days}
            format={number}
          />
        </Card>
        <Card className="p-6">
          <ColumnChart
            title={t("reports.byHour")}
            unit={t("reports.hour")}
            columns={hours}
            format={number}
          />
        </Card>
      </div>
      <p className="text-[0.9375rem]">
        {t("reports.total", {
          records: number(report.records),
          values: number(report.values),
          rows: number(report.rows.length),
        })}
      </p>
      <Card className="overflow-x-auto">
        <Rows choice={choice} report={report} />
      </Card>
    </div>
  );
}

function Rows(props: {
  readonly choice: ReportChoice;
  readonly report: AuditReport;
}): React.JSX.Element {
  const t = useText();
  const language = useLanguage();
  const { choice, report } = props;
  const byBytes = choice.report === "receivers";
  const measure = byBytes ? "bytes" : "records";
  const most = Math.max(...report.rows.map((row) => row[measure]));
  return (
    <table className="table-plain text-[0.875rem]" data-testid="report-table">
      <thead>
        <tr>
          <th scope="col">{t("reports.value")}</th>
          <th scope="col" className="w-1/3">
            {t("reports.share")}
          </th>
          <th scope="col">{t("reports.records")}</th>
          <th scope="col">{t("reports.refused")}</th>
          <th scope="col">{t("reports.bytes")}</th>
        </tr>
      </thead>
      <tbody>
        {report.rows.map((row) => (
          <tr key={row.value} data-testid="report-row">
            <td className="max-w-96 break-all">
              <Link href={recordsAddress(choice, row.value)}>{row.value}</Link>
            </td>
            <td>
              <ShareBar of={row[measure]} most={most} />
            </td>
            <td className="tabular-nums">{formatNumber(language, row.records)}</td>
            <td className="tabular-nums">{formatNumber(language, row.refused)}</td>
            <td className="whitespace-nowrap tabular-nums">{formatBytes(language, row.bytes)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
