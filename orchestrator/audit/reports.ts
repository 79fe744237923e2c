/** What each report counts, and its CSV. */
import type { AuditQuery } from "../http/contract.ts";
import type { AuditReport, AuditReportName, AuditReportQuery } from "../http/audit-contract.ts";
import { byteOrderMark, csvRow } from "./csv.ts";
import type { ExportLanguage } from "./export.ts";
import type { ReportQuestion } from "./search/reader.ts";

/** Hours of an ordinary day; what is outside, or on a weekend, is unusual. */
const officeHours = { from: 7, to: 20 };

const counted: Readonly<
  Record<
    AuditReportName,
    Pick<ReportQuestion, "by" | "measure" | "officeHours"> & { readonly only?: AuditQuery }
  >
> = {
  people: { by: "user", measure: "records" },
  sections: { by: "section", measure: "records" },
  hosts: { by: "host", measure: "records" },
  files: { by: "file", measure: "records" },
  refusals: { by: "host", measure: "records", only: { outcome: "refused" } },
  "unusual-hours": { by: "user", measure: "records", officeHours },
  receivers: { by: "user", measure: "bytes", only: { action: "release" } },
};

/** On the page, and in the CSV. */
export const pageRows = 50;
export const csvRows = 100_000;

export function questionOf({ report, ...period }: AuditReportQuery, rows: number): ReportQuestion {
  const { only, ...asked } = counted[report];
  return { ...asked, rows, query: { ...period, ...only } };
}

const headings: Readonly<Record<ExportLanguage, readonly string[]>> = {
  ja: ["順位", "値", "件数", "うち拒否", "受け取り（バイト）"],
  en: ["Rank", "Value", "Records", "Of these refused", "Received (bytes)"],
};

export function reportCsv({ rows }: AuditReport, language: ExportLanguage): string {
  const lines = rows.map(({ value, records, refused, bytes }, at) =>
    csvRow([at + 1, value, records, refused, bytes]),
  );
  return byteOrderMark + csvRow(headings[language]) + lines.join("");
}
