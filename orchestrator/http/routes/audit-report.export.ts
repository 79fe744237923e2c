/** GET /api/admin/audit-report.csv. Taking a copy is itself on record. */
import type { FastifyReply } from "fastify";
import { auditReportQuery } from "../audit-contract.ts";
import { copyLanguage, sendAuditCopy } from "../audit-copy.ts";
import type { Route } from "../route.ts";
import { validate } from "../validate.ts";

export const auditReportExport: Route = {
  method: "GET",
  url: "/api/admin/audit-report.csv",
  summary: "The same as CSV; taking a copy is itself on record",
  takes: { query: auditReportQuery },
  gives: { media: "text/csv" },
  scope: "audit:read",
  access: "roles",
  roles: ["auditor", "system-admin"],
  async handle(context): Promise<FastifyReply> {
    const { deps, request } = context;
    const query = validate(auditReportQuery, request.query, "query");
    const csv = await deps.auditTrail.reportCsv(query, copyLanguage(request));
    return sendAuditCopy(context, { query, csv, fileName: `hanare-report-${query.report}.csv` });
  },
};
