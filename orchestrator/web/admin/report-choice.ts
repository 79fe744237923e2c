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
