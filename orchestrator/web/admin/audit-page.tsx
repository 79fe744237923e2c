/** The audit log: filters, records newest first, details of one, and the same as CSV. */
import { type SyntheticEvent, Fragment, useState } from "react";
import type { AuditPage, AuditRecord } from "../../http/contract.ts";
import { formatTime } from "../base/format.ts";
import { useLanguage, useText } from "../base/language.ts";
import { useLoad } from "../base/use-load.ts";
import { adminTexts } from "../i18n/admin-texts.ts";
import { Badge, type BadgeTone } from "../ui/badge.tsx";
import { Button, buttonClass } from "../ui/button.tsx";
import { Field, SelectField } from "../ui/field.tsx";
import { Icon, type IconName } from "../ui/icons.tsx";
import { EmptyState, LoadView } from "../ui/load-view.tsx";
import { Card, PageHeading, PageShell } from "../ui/page-shell.tsx";
import { type AuditFilters, auditSearch, noFilters } from "./audit-query.ts";

type Action = AuditRecord["action"];
type Outcome = AuditRecord["outcome"];

const pageSize = 100;

const outcomes: Readonly<Record<Outcome, { readonly tone: BadgeTone; readonly icon: IconName }>> = {
  success: { tone: "good", icon: "check" },
  refused: { tone: "caution", icon: "blocked" },
  failure: { tone: "danger", icon: "error" },
};

const named = <Name extends string>(prefix: string): Name[] =>
  Object.keys(adminTexts)
    .filter((key) => key.startsWith(prefix))
    .map((key) => key.slice(prefix.length) as Name);

export default function AdminAuditPage(): React.JSX.Element {
  const t = useText();
  const [filters, setFilters] = useState<AuditFilters>(noFilters);
  const [before, setBefore] = useState<number | null>(null);
  const { loaded, reload } = useLoad<AuditPage>(
    `/api/admin/audit${auditSearch(filters, before, pageSize)}`,
  );

  return (
    <PageShell title={t("audit.title")}>
      <PageHeading
        title={t("audit.title")}
        lead={t("audit.lead")}
        actions={
          <>
            <Button variant="outline" onClick={reload}>
              <Icon name="reload" />
              {t("common.refresh")}
            </Button>
            <a
              href={`/api/admin/audit.csv${auditSearch(filters, null, null)}`}
              download
              data-testid="audit-csv"
              className={buttonClass("outline", "md")}
            >
              <Icon name="download" />
              {t("audit.csv")}
            </a>
          </>
        }
      />
      <Filters
        onApply={(next) => {
          setBefore(null);
          setFilters(next);
          reload();
        }}
      />
      <Card className="mt-6 overflow-x-auto">
        <LoadView loaded={loaded} onRetry={reload}>
          {(page) => (
            <>
              {page.records.length === 0 ? (
                <EmptyState text={t("audit.empty")} />
              ) : (
                <Records records={page.records} />
              )}
              <div className="flex items-center justify-between gap-4 px-4 py-3">
                <p className="text-[0.875rem] text-muted">
                  {page.records.length > 0 && t("audit.count", { count: page.records.length })}
                </p>
                <div className="flex gap-3">
                  {before !== null && (
                    <Button size="sm" variant="text" onClick={() => setBefore(null)}>
                      {t("audit.newest")}
                    </Button>
                  )}
                  {page.nextBefore !== null && (
                    <Button
                      size="sm"
                      variant="outline"
                      data-testid="audit-next"
                      onClick={() => {
                        setBefore(page.nextBefore);
                        window.scrollTo(0, 0);
                      }}
                    >
                      {t("audit.next")}
                    </Button>
                  )}
                </div>
              </div>
            </>
          )}
        </LoadView>
      </Card>
    </PageShell>
  );
}

function Filters(props: { readonly onApply: (filters: AuditFilters) => void }): React.JSX.Element {
  const t = useText();
  const [draft, setDraft] = useState<AuditFilters>(noFilters);
  const change = (part: Partial<AuditFilters>): void => setDraft({ ...draft, ...part });
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    props.onApply(draft);
  };
  return (
    <Card className="p-6">
      <form className="grid grid-cols-2 items-end gap-x-4 gap-y-5 md:grid-cols-4" onSubmit={submit}>
        <Field
          dense
          type="datetime-local"
          label={t("audit.from")}
          data-testid="audit-filter-from"
          value={draft.from}
          onChange={(event) => change({ from: event.target.value })}
        />
        <Field
          dense
          type="datetime-local"
          label={t("audit.to")}
          data-testid="audit-filter-to"
          value={draft.to}
          onChange={(event) => change({ to: event.target.value })}
        />
        <SelectField
          label={t("audit.action")}
          testId="audit-filter-action"
          value={draft.action ?? ""}
          onChange={(action) => change({ action: action as Action | "" })}
        >
          <option value="">{t("audit.all")}</option>
          {named<Action>("action.").map((action) => (
            <option key={action} value={action}>
              {t(`action.${action}`)}
            </option>
          ))}
        </SelectField>
        <SelectField
          label={t("audit.outcome")}
          testId="audit-filter-outcome"
          value={draft.outcome ?? ""}
          onChange={(outcome) => change({ outcome: outcome as Outcome | "" })}
        >
          <option value="">{t("audit.all")}</option>
          {named<Outcome>("outcome.").map((outcome) => (
            <option key={outcome} value={outcome}>
              {t(`outcome.${outcome}`)}
            </option>
          ))}
        </SelectField>
        <Field
          dense
          label={t("audit.user")}
          data-testid="audit-filter-user"
          maxLength={128}
          value={draft.user}
          onChange={(event) => change({ user: event.target.value })}
        />
        <Field
          dense
          label={t("audit.text")}
          placeholder={t("audit.textHelp")}
          data-testid="audit-filter-q"
          maxLength={256}
          value={draft.q}
          onChange={(event) => change({ q: event.target.value })}
        />
        <div className="col-span-2 flex gap-3">
          <Button
            type="submit"
            size="sm"
            className="min-h-10! px-6!"
            data-testid="audit-filter-apply"
          >
            {t("audit.apply")}
          </Button>
          <Button
            size="sm"
            variant="text"
            className="min-h-10!"
            onClick={() => {
              setDraft(noFilters);
              props.onApply(noFilters);
            }}
          >
            {t("audit.clear")}
          </Button>
        </div>
      </form>
    </Card>
  );
}

function Records(props: { readonly records: readonly AuditRecord[] }): React.JSX.Element {
  const t = useText();
  const language = useLanguage();
  const [open, setOpen] = useState<number | null>(null);
  return (
    <table className="table-plain text-[0.875rem]" data-testid="audit-table">
      <thead>
        <tr>
          <th scope="col">{t("audit.at")}</th>
          <th scope="col">{t("audit.action")}</th>
          <th scope="col">{t("audit.outcome")}</th>
          <th scope="col">{t("audit.user")}</th>
          <th scope="col">{t("audit.terminal")}</th>
          <th scope="col">{t("audit.target")}</th>
          <th scope="col">{t("audit.reason")}</th>
          <th scope="col">
            <span className="sr-only">{t("audit.details")}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {props.records.map((record) => (
          <Fragment key={record.seq}>
            <tr
              data-testid="audit-row"
              data-seq={record.seq}
              data-action={record.action}
              data-outcome={record.outcome}
            >
              <td className="whitespace-nowrap tabular-nums">{formatTime(language, record.at)}</td>
              <td className="whitespace-nowrap font-bold">{t(`action.${record.action}`)}</td>
              <td>
                <Badge {...outcomes[record.outcome]} text={t(`outcome.${record.outcome}`)} />
              </td>
              <td className="whitespace-nowrap">{record.userName ?? "–"}</td>
              <td className="whitespace-nowrap tabular-nums">{record.terminal ?? "–"}</td>
              <td className="max-w-96 break-all">{record.target ?? "–"}</td>
              <td className="max-w-60 break-all">{record.reason ?? "–"}</td>
              <td className="py-1.5! text-right">
                <button
                  type="button"
                  aria-expanded={open === record.seq}
                  aria-label={t("audit.showDetails", { seq: record.seq })}
                  onClick={() => setOpen(open === record.seq ? null : record.seq)}
                  className="inline-flex size-9 items-center justify-center rounded-full hover:bg-primary-soft"
                >
                  <Icon
                    name="chevron"
                    size={18}
                    className={open === record.seq ? "rotate-180" : ""}
                  />
                </button>
              </td>
            </tr>
            {open === record.seq && <Details record={record} />}
          </Fragment>
        ))}
      </tbody>
    </table>
  );
}

function Details(props: { readonly record: AuditRecord }): React.JSX.Element {
  const t = useText();
  const { record } = props;
  const facts: readonly (readonly [string, string])[] = [
    [t("audit.seq"), String(record.seq)],
    [t("audit.session"), record.sessionId ?? "–"],
    ...Object.entries(record.details).map(([name, value]) => [name, String(value)] as const),
    [t("audit.hash"), record.hash],
  ];
  return (
    <tr>
      <td colSpan={8} className="bg-sunken px-8!">
        <dl className="grid grid-cols-[max-content_1fr] gap-x-8 gap-y-1">
          {facts.map(([name, value]) => (
            <Fragment key={name}>
              <dt className="text-muted">{name}</dt>
              <dd className="break-all font-mono text-[0.8125rem]">{value}</dd>
            </Fragment>
          ))}
        </dl>
      </td>
    </tr>
  );
}
