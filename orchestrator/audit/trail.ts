/** The audit log as the routes see it: pages, reports and CSV, all from the reading thread. */
import type { Readable } from "node:stream";
import type { AuditReport, AuditReportQuery } from "../http/audit-contract.ts";
import type { AuditPage, AuditQuery } from "../http/contract.ts";
import { type ExportLanguage, exportAudit } from "./export.ts";
import { defaultPageSize, toAuditRecord } from "./query.ts";
import { csvRows, pageRows, questionOf, reportCsv } from "./reports.ts";
import { type AuditReader, createAuditReader, type ThreadData } from "./search/reader.ts";

/** Each throws BAD_REQUEST for times that cannot be read. */
export interface Trail extends AsyncDisposable {
  query(query: AuditQuery): Promise<AuditPage>;
  /** CSV; ignores the paging fields of the query. Throws at once, not in the stream. */
  exportCsv(query: AuditQuery, language: ExportLanguage): Readable;
  report(query: AuditReportQuery): Promise<AuditReport>;
  reportCsv(query: AuditReportQuery, language: ExportLanguage): Promise<string>;
}

export function createTrail(data: ThreadData): Trail {
  const reader: AuditReader = createAuditReader(data);
  return {
    async query(query) {
      const { records, ...found } = await reader.search(query, query.limit ?? defaultPageSize);
      return { ...found, records: records.map(toAuditRecord) };
    },
    exportCsv: (query, language) =>
      exportAudit((each, limit) => reader.search(each, limit), query, language),
    report: async (query) =>
      ({ ...(await reader.report(questionOf(query, pageRows))) }) as AuditReport,
    async reportCsv(query, language) {
      const counted = await reader.report(questionOf(query, csvRows));
      return reportCsv(counted as AuditReport, language);
    },
    [Symbol.asyncDispose]: () => reader[Symbol.asyncDispose](),
  };
}
