/** GET /api/admin/audit-report.csv. Taking a copy is itself on record. */
import type { FastifyReply } from "fastify";
import { auditReportCopyQuery } from "../audit-contract.ts";
import { copyLanguage, csvMedia, sendAuditCopy } from "../audit-copy.ts";
import type { Route } from "../route.ts";
import { validate } from "../validate.ts";

export const auditReportExport: Route = {
  method: "GET",
  url: "/api/admin/audit-report.csv",
  summary: "The same as CSV; taking a copy is itself on record",
  takes: { query: auditReportCopyQuery },
  gives: { media: "text/csv" },
  scope: "audit:read",
  access: "roles",
  roles: ["auditor", "system-admin"],
  async handle(context): Promise<FastifyReply> {
    const { deps, request } = context;
    const query = validate(auditReportCopyQuery, request.query, "query");
    const { encoding, ...asked } = query;
    const bytes = await deps.auditTrail.reportCsv(asked, copyLanguage(request), encoding);
    const media = csvMedia(encoding);
    const fileName = `hanare-report-${query.report}.csv`;
    return sendAuditCopy(context, { query, bytes, media, fileName });
  },
};
