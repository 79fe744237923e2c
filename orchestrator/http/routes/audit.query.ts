/** GET /api/admin/audit. */
import { auditQuery, type AuditPage, auditPage } from "../contract.ts";
import type { Route } from "../route.ts";
import { validate } from "../validate.ts";

export const auditQueryRoute: Route = {
  method: "GET",
  url: "/api/admin/audit",
  summary: "Records of the audit log, newest first",
  takes: { query: auditQuery },
  gives: auditPage,
  scope: "audit:read",
  access: "roles",
  roles: ["auditor", "system-admin"],
  handle({ deps, request }): Promise<AuditPage> {
    return deps.auditTrail.query(validate(auditQuery, request.query, "query"));
  },
};
