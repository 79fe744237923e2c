/** GET /api/admin/audit-report. */
import { type AuditReport, auditReport, auditReportQuery } from "../audit-contract.ts";
import type { Route } from "../route.ts";
import { validate } from "../validate.ts";

export const auditReportRead: Route = {
  method: "GET",
  url: "/api/admin/audit-report",
  summary: "Counts over the audit log: by person, section, host, file and the like",
  takes: { query: auditReportQuery },
  gives: auditReport,
  scope: "audit:read",
  access: "roles",
  roles: ["auditor", "system-admin"],
  handle({ deps, request }): Promise<AuditReport> {
    return deps.auditTrail.report(validate(auditReportQuery, request.query, "query"));
  },
};
