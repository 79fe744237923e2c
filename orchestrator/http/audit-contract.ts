/**
 * Reports over the audit log:
 *
 *   GET /api/admin/audit-report      AuditReportQuery → AuditReport           (auditor, system-admin)
 *   GET /api/admin/audit-report.csv  AuditReportCopyQuery → CSV, UTF-8 with BOM or CP932 (auditor, system-admin)
 */
import { z } from "zod";
import { auditQuery } from "./contract.ts";

export const auditReports = [
  "people",
  "sections",
  "hosts",
  "files",
  /** Hosts that were refused. */
  "refusals",
  /** Who did something at night or on a weekend. */
  "unusual-hours",
  /** Who took the most into the terminals, in bytes. */
  "receivers",
] as const;
export type AuditReportName = (typeof auditReports)[number];

export const auditReportQuery = z.strictObject({
  report: z.enum(auditReports),
  /** As in AuditQuery: an instant or a day of the server's time zone; `to` includes its day. */
  from: z.string().max(40).optional(),
  to: z.string().max(40).optional(),
  section: z.string().max(64).optional(),
});
export type AuditReportQuery = z.infer<typeof auditReportQuery>;

/** In CP932 a sign that it lacks is written as 〓 with its number, such as 〓(U+20BB7). */
export const csvEncoding = z.enum(["utf-8", "cp932"]);
export type CsvEncoding = z.infer<typeof csvEncoding>;
const copy = { encoding: csvEncoding.default("utf-8") };
export const auditReportCopyQuery = auditReportQuery.extend(copy);
export const auditCopyQuery = auditQuery.extend(copy);

export const auditReport = z.strictObject({
  /** The first of all values, by what the report is about. */
  rows: z.array(
    z.strictObject({
      value: z.string(),
      records: z.int(),
      refused: z.int(),
      /** Of files that were handed over. */
      bytes: z.number(),
    }),
  ),
  /** How many different values there are. */
  values: z.int(),
  records: z.int(),
  bytes: z.number(),
  /** Days of the server's time zone that have records, oldest first. */
  days: z.array(z.strictObject({ day: z.string(), records: z.int() })),
  /** By the hour of the server's time zone, from 0. */
  hours: z.array(z.int()).length(24),
  /** Newest records that are not counted yet. */
  pending: z.int(),
});
export type AuditReport = z.infer<typeof auditReport>;
