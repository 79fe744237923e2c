/** The audit log: filters that stand in the address, records newest first, new ones as they come, and CSV. */
import { useMemo, useState } from "react";
import type { AuditPage } from "../../http/contract.ts";
import { formatNumber, formatTime } from "../base/format.ts";
import { useLanguage, useText } from "../base/language.ts";
import { navigate, useSearch } from "../base/router.tsx";
import { useLoad } from "../base/use-load.ts";
import { Banner } from "../ui/banner.tsx";
import { Button } from "../ui/button.tsx";
import { Icon } from "../ui/icons.tsx";
import { EmptyState, LoadView } from "../ui/load-view.tsx";
import { Card, PageHeading, PageShell } from "../ui/page-shell.tsx";
import { CopyChoice, copyForms } from "./copy-choice.tsx";
import { AuditFilterForm } from "./audit-filter-form.tsx";
import { auditAddress, type AuditFilters, auditSearch, readFilters } from "./audit-query.ts";
import { AuditRecords } from "./audit-records.tsx";
import { useTail } from "./use-tail.ts";

const pageSize = 100;

export default function AdminAuditPage(): React.JSX.Element {
  const t = useText();
  const search = useSearch();
  const filters = useMemo(() => readFilters(search), [search]);
  return (
    <PageShell title={t("audit.title")}>
      <PageHeading
        title={t("audit.title")}
        lead={t("audit.lead")}
        actions={
          <CopyChoice
            forms={copyForms}
            testId="audit-csv"
            hrefOf={(form) =>
              form === "ecs"
                ? `/api/admin/audit.ndjson${auditSearch(filters)}`
                : `/api/admin/audit.csv${auditSearch(filters, { encoding: form })}`
            }
          />
        }
      />
      {/* A new address begins with its own fields and its newest page. */}
      <AuditFilterForm
        key={`form ${search}`}
        filters={filters}
        onApply={(next) => navigate(auditAddress(next))}
      />
      <Results key={`results ${search}`} filters={filters} />
    </PageShell>
  );
}

function Results(props: { readonly filters: AuditFilters }): React.JSX.Element {
  const t = useText();
  const { filters } = props;
  const [before, setBefore] = useState<number | null>(null);
  const [live, setLive] = useState(false);
  const { loaded, reload } = useLoad<AuditPage>(
    `/api/admin/audit${auditSearch(filters, { before, limit: pageSize })}`,
  );
  const shown = loaded.state === "value" ? loaded.value : undefined;
  const tail = useTail(filters, live && shown ? (shown.records[0]?.seq ?? 0) : undefined);
  const page = shown && { ...shown, records: [...tail.records, ...shown.records] };

  return (
    <>
      <div className="mt-6 flex flex-wrap items-center justify-between gap-4">
        <label className="flex cursor-pointer items-center gap-2.5 text-[0.9375rem]">
          <input
            type="checkbox"
            data-testid="audit-live"
            className="size-5 accent-primary"
            checked={live}
            onChange={(event) => {
              setBefore(null);
              setLive(event.target.checked);
            }}
          />
          {t("audit.live")}
        </label>
        <Button size="sm" variant="outline" onClick={reload}>
          <Icon name="reload" />
          {t("common.refresh")}
        </Button>
      </div>
      <p role="status" className="text-[0.875rem] text-muted">
        {live && (tail.failed ? t("audit.liveFailed") : t("audit.liveOn"))}
      </p>
      <Card className="mt-3 overflow-x-auto">
        <LoadView loaded={loaded} onRetry={reload}>
          {() =>
            page && (
              <Found
                page={page}
                onOlder={(next) => {
                  setLive(false);
                  setBefore(next);
                  window.scrollTo(0, 0);
                }}
                onNewest={before === null ? undefined : () => setBefore(null)}
              />
            )
          }
        </LoadView>
      </Card>
    </>
  );
}

function Found(props: {
  readonly page: AuditPage;
  readonly onOlder: (before: number) => void;
  readonly onNewest: (() => void) | undefined;
}): React.JSX.Element {
  const t = useText();
  const language = useLanguage();
  const { records, nextBefore, lookedBackTo, pending } = props.page;
  return (
    <>
      {pending > 0 && (
        <Banner tone="caution" title={t("audit.title")} testId="audit-pending">
          {t("audit.pending", { count: formatNumber(language, pending) })}
        </Banner>
      )}
      {records.length > 0 ? (
        <AuditRecords records={records} />
      ) : (
        lookedBackTo === null && <EmptyState text={t("audit.empty")} />
      )}
      {lookedBackTo !== null && (
        <p role="status" className="px-4 pt-4" data-testid="audit-looked-back">
          {t("audit.lookedBack", { at: formatTime(language, lookedBackTo) })}
        </p>
      )}
      <div className="flex items-center justify-between gap-4 px-4 py-3">
        <p className="text-[0.875rem] text-muted">
          {records.length > 0 && t("audit.count", { count: records.length })}
        </p>
        <div className="flex gap-3">
          {props.onNewest && (
            <Button size="sm" variant="text" onClick={props.onNewest}>
              {t("audit.newest")}
            </Button>
          )}
          {nextBefore !== null && (
            <Button
              size="sm"
              variant="outline"
              data-testid="audit-next"
              onClick={() => props.onOlder(nextBefore)}
            >
              {t(lookedBackTo === null ? "audit.next" : "audit.searchOn")}
            </Button>
          )}
        </div>
      </div>
    </>
  );
}
