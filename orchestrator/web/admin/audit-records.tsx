/** Records of the audit log as a table; the details of one open below it. What people ask next is one click away. */
import { Fragment, useState } from "react";
import type { AuditRecord } from "../../http/contract.ts";
import { formatTime } from "../base/format.ts";
import { useLanguage, useText } from "../base/language.ts";
import { Link } from "../base/router.tsx";
import { Badge, type BadgeTone } from "../ui/badge.tsx";
import { Icon, type IconName } from "../ui/icons.tsx";
import { auditAddress, type AuditFilters, noFilters } from "./audit-query.ts";
import { reasonText } from "./audit-reason.ts";

const outcomes: Readonly<
  Record<AuditRecord["outcome"], { readonly tone: BadgeTone; readonly icon: IconName }>
> = {
  success: { tone: "good", icon: "check" },
  refused: { tone: "caution", icon: "blocked" },
  failure: { tone: "danger", icon: "error" },
};

/** A value that leads to all records that have it. */
function Only(props: {
  readonly by: keyof AuditFilters;
  readonly value: string | null;
}): React.JSX.Element {
  const t = useText();
  const { by, value } = props;
  if (value === null || value === "") return <>–</>;
  return (
    <Link
      href={auditAddress({ ...noFilters, [by]: value })}
      title={t("audit.only", { value })}
      className="text-ink! decoration-dotted"
    >
      {value}
    </Link>
  );
}

export function AuditRecords(props: {
  readonly records: readonly AuditRecord[];
}): React.JSX.Element {
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
              <td className="whitespace-nowrap">
                <Only by="user" value={record.userName} />
                {record.section !== null && (
                  <span className="block text-muted text-[0.8125rem]">{record.section}</span>
                )}
              </td>
              <td className="whitespace-nowrap tabular-nums">
                <Only by="terminal" value={record.terminal} />
              </td>
              <td className="max-w-96 break-all">{record.target ?? "–"}</td>
              <td className="max-w-60">
                <Reason record={record} />
              </td>
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

/** In words where there are some; the code stands by, because it is what is searched for. */
function Reason(props: { readonly record: AuditRecord }): React.JSX.Element {
  const t = useText();
  const { reason } = props.record;
  const name = reasonText(props.record);
  if (name === null) return <span className="break-all">{reason ?? "–"}</span>;
  return (
    <>
      {t(name)}
      <span className="block break-all font-mono text-[0.75rem] text-muted">{reason}</span>
    </>
  );
}

function Details(props: { readonly record: AuditRecord }): React.JSX.Element {
  const t = useText();
  const { record } = props;
  const facts: readonly (readonly [string, React.ReactNode])[] = [
    [t("audit.seq"), String(record.seq)],
    [t("audit.session"), <Only key="session" by="session" value={record.sessionId} />],
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
