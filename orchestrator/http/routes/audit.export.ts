/** GET /api/admin/audit.csv. Taking a copy of the log is itself on record. */
import type { FastifyReply } from "fastify";
import { copyLanguage, sendAuditCopy } from "../audit-copy.ts";
import { auditQuery } from "../contract.ts";
import type { Route } from "../route.ts";
import { validate } from "../validate.ts";

export const auditExport: Route = {
  method: "GET",
  url: "/api/admin/audit.csv",
  summary: "The audit log as CSV; taking a copy is itself on record",
  takes: { query: auditQuery },
  gives: { media: "text/csv" },
  scope: "audit:read",
  access: "roles",
  roles: ["auditor", "system-admin"],
  async handle(context): Promise<FastifyReply> {
    const { deps, request } = context;
    const query = validate(auditQuery, request.query, "query");
    const csv = deps.auditTrail.exportCsv(query, copyLanguage(request));
    return sendAuditCopy(context, { query, csv, fileName: "hanare-audit.csv" });
  },
};
