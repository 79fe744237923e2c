/** The audit log as the routes see it: pages, reports, CSV and ECS, all from the reading thread. */
import { Readable } from "node:stream";
import type { AuditReport, AuditReportQuery, CsvEncoding } from "../http/audit-contract.ts";
import type { AuditPage, AuditQuery } from "../http/contract.ts";
import { inEncoding } from "./csv-encoding.ts";
import { toEcs } from "./ecs.ts";
import { type ExportLanguage, exportAudit, exportLines, type FindRecords } from "./export.ts";
import { defaultPageSize, toAuditRecord } from "./query.ts";
import { csvRows, pageRows, questionOf, reportCsv } from "./reports.ts";
import { type AuditReader, createAuditReader, type ThreadData } from "./search/reader.ts";

/** Each throws BAD_REQUEST for times that cannot be read. */
export interface Trail extends AsyncDisposable {
  query(query: AuditQuery): Promise<AuditPage>;
  /** CSV; ignores the paging fields of the query. Throws at once, not in the stream. */
  exportCsv(query: AuditQuery, language: ExportLanguage, encoding: CsvEncoding): Readable;
  report(query: AuditReportQuery): Promise<AuditReport>;
  reportCsv(
    query: AuditReportQuery,
    language: ExportLanguage,
    encoding: CsvEncoding,
  ): Promise<Readable>;
  /** ECS, one JSON object per line; otherwise as `exportCsv`. */
  exportEcs(query: AuditQuery): Readable;
}

export function createTrail(data: ThreadData): Trail {
  const reader: AuditReader = createAuditReader(data);
  const find: FindRecords = (query, limit) => reader.search(query, limit);
  return {
    async query(query) {
      const { records, ...found } = await reader.search(query, query.limit ?? defaultPageSize);
      return { ...found, records: records.map(toAuditRecord) };
    },
    exportCsv: (query, language, encoding) =>
      inEncoding(exportAudit(find, query, language), encoding),
    exportEcs: (query) => exportLines(find, query, toEcs),
    report: async (query) =>
      ({ ...(await reader.report(questionOf(query, pageRows))) }) as AuditReport,
    async reportCsv(query, language, encoding) {
      const counted = await reader.report(questionOf(query, csvRows));
      const csv = reportCsv(counted as AuditReport, language);
      return inEncoding(Readable.from([csv], { objectMode: false }), encoding);
    },
    [Symbol.asyncDispose]: () => reader[Symbol.asyncDispose](),
  };
}
