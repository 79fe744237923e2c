/** GET /api/admin/audit.csv. Taking a copy of the log is itself on record. */
import type { FastifyReply } from "fastify";
import { copyLanguage, csvMedia, sendAuditCopy } from "../audit-copy.ts";
import { auditCopyQuery } from "../audit-contract.ts";
import type { Route } from "../route.ts";
import { validate } from "../validate.ts";

export const auditExport: Route = {
  method: "GET",
  url: "/api/admin/audit.csv",
  summary: "The audit log as CSV; taking a copy is itself on record",
  takes: { query: auditCopyQuery },
  gives: { media: "text/csv" },
  scope: "audit:read",
  access: "roles",
  roles: ["auditor", "system-admin"],
  async handle(context): Promise<FastifyReply> {
    const { deps, request } = context;
    const query = validate(auditCopyQuery, request.query, "query");
    const { encoding, ...filter } = query;
    const bytes = deps.auditTrail.exportCsv(filter, copyLanguage(request), encoding);
    const media = csvMedia(encoding);
    return sendAuditCopy(context, { query, bytes, media, fileName: "hanare-audit.csv" });
  },
};
