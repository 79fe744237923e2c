/** GET /api/admin/audit-report. */
import { type AuditReport, auditReportQuery } from "../audit-contract.ts";
import type { Route } from "../route.ts";
import { validate } from "../validate.ts";

export const auditReportRead: Route = {
  method: "GET",
  url: "/api/admin/audit-report",
  access: "roles",
  roles: ["auditor", "system-admin"],
  handle({ deps, request }): Promise<AuditReport> {
    return deps.auditTrail.report(validate(auditReportQuery, request.query, "query"));
  },
};
