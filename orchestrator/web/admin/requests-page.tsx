/** The list administrators' inbox: what people ask for, searched and paged; one of them opens in a dialog. */
import { type SyntheticEvent, useState } from "react";
import type { AdminRequest, RequestPage } from "../../http/request-contract.ts";
import { formatTime } from "../base/format.ts";
import { useLanguage, useText } from "../base/language.ts";
import { useLoad } from "../base/use-load.ts";
import { Button } from "../ui/button.tsx";
import { Field, SelectField } from "../ui/field.tsx";
import { Icon } from "../ui/icons.tsx";
import { EmptyState, LoadView } from "../ui/load-view.tsx";
import { Card, PageHeading, PageShell } from "../ui/page-shell.tsx";
import { RequestBadge } from "../ui/request-badge.tsx";
import { RequestDialog } from "./request-dialog.tsx";
import { TableHead } from "../ui/table-head.tsx";

type State = AdminRequest["state"];

const states: readonly State[] = ["open", "approved", "refused", "withdrawn", "expired"];
const pageSize = 30;
const pollMs = 15_000;

interface Filters {
  readonly state: State | "";
  readonly q: string;
}

const waiting: Filters = { state: "open", q: "" };

export default function AdminRequestsPage(): React.JSX.Element {
  const t = useText();
  const [filters, setFilters] = useState<Filters>(waiting);
  const [before, setBefore] = useState<number | null>(null);
  const [shown, setShown] = useState<string | null>(() =>
    new URLSearchParams(location.search).get("id"),
  );
  const { loaded, reload } = useLoad<RequestPage>(
    `/api/admin/requests${searchOf(filters, before)}`,
    pollMs,
  );
  return (
    <PageShell title={t("inbox.title")}>
      <PageHeading
        title={t("inbox.title")}
        lead={t("inbox.lead")}
        actions={
          <Button variant="outline" onClick={reload}>
            <Icon name="reload" />
            {t("common.refresh")}
          </Button>
        }
      />
      <FilterForm
        onApply={(next) => {
          setBefore(null);
          setFilters(next);
        }}
      />
      <Card className="mt-6 overflow-x-auto">
        <LoadView loaded={loaded} onRetry={reload}>
          {(page) => (
            <>
              {page.requests.length === 0 ? (
                <EmptyState
                  text={t(
                    filters.state === "open" && filters.q === ""
                      ? "inbox.emptyOpen"
                      : "inbox.empty",
                  )}
                />
              ) : (
                <Requests requests={page.requests} onOpen={setShown} />
              )}
              <div className="flex items-center justify-between gap-4 px-4 py-3">
                <p className="text-[0.875rem] text-muted" data-testid="inbox-open-count">
                  {t("inbox.openCount", { count: page.open })}
                </p>
                <div className="flex gap-3">
                  {before !== null && (
                    <Button size="sm" variant="text" onClick={() => setBefore(null)}>
                      {t("inbox.newest")}
                    </Button>
                  )}
                  {page.nextBefore !== null && (
                    <Button size="sm" variant="outline" onClick={() => setBefore(page.nextBefore)}>
                      {t("inbox.older")}
                    </Button>
                  )}
                </div>
              </div>
            </>
          )}
        </LoadView>
      </Card>
      {shown !== null && (
        <RequestDialog
          id={shown}
          onClose={() => setShown(null)}
          onDecided={() => {
            setShown(null);
            reload();
          }}
        />
      )}
    </PageShell>
  );
}

function searchOf({ state, q }: Filters, before: number | null): string {
  const search = new URLSearchParams({ limit: String(pageSize) });
  if (state !== "") search.set("state", state);
  if (q.trim() !== "") search.set("q", q.trim());
  if (before !== null) search.set("before", String(before));
  return `?${search.toString()}`;
}

function FilterForm(props: { readonly onApply: (filters: Filters) => void }): React.JSX.Element {
  const t = useText();
  const [draft, setDraft] = useState<Filters>(waiting);
  const apply = (next: Filters): void => {
    setDraft(next);
    props.onApply(next);
  };
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault();
    apply(draft);
  };
  return (
    <Card className="p-6">
      <form className="grid items-end gap-4 sm:grid-cols-[12rem_1fr_max-content]" onSubmit={submit}>
        <SelectField
          label={t("inbox.state")}
          testId="inbox-state"
          value={draft.state}
          onChange={(state) => apply({ ...draft, state: state as State | "" })}
        >
          <option value="">{t("inbox.all")}</option>
          {states.map((state) => (
            <option key={state} value={state}>
              {t(`requests.state.${state}`)}
            </option>
          ))}
        </SelectField>
        <Field
          dense
          type="search"
          label={t("inbox.search")}
          placeholder={t("inbox.searchHelp")}
          data-testid="inbox-q"
          maxLength={200}
          value={draft.q}
          onChange={(event) => setDraft({ ...draft, q: event.target.value })}
        />
        <Button type="submit" size="sm" className="min-h-10! px-6!">
          {t("inbox.apply")}
        </Button>
      </form>
    </Card>
  );
}

function Requests(props: {
  readonly requests: readonly AdminRequest[];
  readonly onOpen: (id: string) => void;
}): React.JSX.Element {
  const t = useText();
  const language = useLanguage();
  return (
    <table className="table-plain text-[0.875rem]" data-testid="inbox-table">
      <TableHead
        columns={[
          t("inbox.state"),
          t("inbox.host"),
          t("inbox.asker"),
          t("requests.reason"),
          t("inbox.rule"),
          t("inbox.askedAt"),
        ]}
      />
      <tbody>
        {props.requests.map((request) => (
          <tr key={request.id} data-testid="inbox-row" data-state={request.state}>
            <td>
              <RequestBadge state={request.state} />
            </td>
            <td className="min-w-52 max-w-80 break-all">
              <button
                type="button"
                aria-label={t("inbox.open", { host: request.host })}
                data-testid="inbox-open"
                className="rounded-4 text-left font-bold text-primary underline underline-offset-4 hover:decoration-2"
                onClick={() => props.onOpen(request.id)}
              >
                {request.host}
              </button>
            </td>
            <td className="whitespace-nowrap">{request.userName}</td>
            <td className="w-full min-w-60">
              <span className="line-clamp-2 break-words">{request.reason}</span>
            </td>
            <td className="whitespace-nowrap font-mono">
              {request.rule === "default" ? t("inbox.ruleDefault") : request.rule}
            </td>
            <td className="whitespace-nowrap tabular-nums">
              {formatTime(language, request.askedAt)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
