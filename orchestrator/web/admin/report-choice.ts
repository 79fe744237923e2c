/** Which report of which period: what stands in the page's address and what the server is asked. Pure. */
import type { AuditReportName } from "../../http/audit-contract.ts";
import { auditAddress, type AuditFilters, noFilters } from "./audit-query.ts";

export interface ReportChoice {
  readonly report: AuditReportName;
  /** "2026-04-01", or empty. */
  readonly from: string;
  readonly to: string;
  readonly section: string;
}

/** The filter of the audit page that a row of the report stands for. */
const facetOf: Readonly<Record<AuditReportName, keyof AuditFilters>> = {
  people: "user",
  sections: "section",
  hosts: "host",
  files: "file",
  refusals: "host",
  "unusual-hours": "user",
  receivers: "user",
};
export const reportNames = Object.keys(facetOf) as AuditReportName[];

const defaultDays = 30;
const dayPattern = /^\d{4}-\d{2}-\d{2}$/;

/** What is not said, or not known, is the people of the last thirty days. */
export function readChoice(untrustedSearch: string, today: Date): ReportChoice {
  const search = new URLSearchParams(untrustedSearch);
  const named = search.get("report");
  const day = (name: string, otherwise: string) => {
    const given = search.get(name);
    return given !== null && (given === "" || dayPattern.test(given)) ? given : otherwise;
  };
  const start = new Date(today.getFullYear(), today.getMonth(), today.getDate() - defaultDays + 1);
  return {
    report: reportNames.find((name) => name === named) ?? "people",
    from: day("from", dayOf(start)),
    to: day("to", dayOf(today)),
    section: search.get("section") ?? "",
  };
}

export function reportSearch(
  { report, from, to, section }: ReportChoice,
  encoding?: "utf-8" | "cp932",
): string {
  const search = new URLSearchParams({ report });
  if (from !== "") search.set("from", from);
  if (to !== "") search.set("to", to);
  if (section.trim() !== "") search.set("section", section.trim());
  if (encoding !== undefined) search.set("encoding", encoding);
  return `?${search.toString()}`;
}

const dayMs = 86_400_000;
/** Narrower columns than this many are none. */
const mostDays = 400;

interface Day {
  readonly day: string;
  readonly records: number;
}

/** Every day of the period, also those on which nothing was recorded: only so is the picture one of time. */
export function everyDay(
  days: readonly Day[],
  { from, to }: Pick<ReportChoice, "from" | "to">,
): readonly Day[] {
  const known = new Map(days.map(({ day, records }) => [day, records]));
  const first = Date.parse(from || (days[0]?.day ?? ""));
  const last = Date.parse(to || (days.at(-1)?.day ?? ""));
  const count = (last - first) / dayMs + 1;
  if (!(count >= 1 && count <= mostDays)) return days;
  return Array.from({ length: count }, (_, at) => {
    const day = new Date(first + at * dayMs).toISOString().slice(0, 10);
    return { day, records: known.get(day) ?? 0 };
  });
}

/** The records behind a row. */
export function recordsAddress(choice: ReportChoice, value: string): string {
  return auditAddress({
    ...noFilters,
    from: choice.from === "" ? "" : `${choice.from}T00:00`,
    to: choice.to === "" ? "" : `${choice.to}T23:59`,
    section: choice.section,
    ...(choice.report === "refusals" && { outcome: "refused" }),
    ...(choice.report === "receivers" && { action: "release" }),
    [facetOf[choice.report]]: value,
  });
}

function dayOf(date: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}
