/** GET /api/admin/audit.ndjson. Taking a copy of the log is itself on record. */
import type { FastifyReply } from "fastify";
import { sendAuditCopy } from "../audit-copy.ts";
import { auditQuery } from "../contract.ts";
import type { Route } from "../route.ts";
import { validate } from "../validate.ts";

export const auditEcs: Route = {
  method: "GET",
  url: "/api/admin/audit.ndjson",
  summary: "The audit log in the Elastic Common Schema, one JSON object per line; on record",
  takes: { query: auditQuery },
  gives: { media: "application/x-ndjson" },
  scope: "audit:read",
  access: "roles",
  roles: ["auditor", "system-admin"],
  async handle(context): Promise<FastifyReply> {
    const query = validate(auditQuery, context.request.query, "query");
    const bytes = context.deps.auditTrail.exportEcs(query);
    const media = "application/x-ndjson";
    return sendAuditCopy(context, { query, bytes, media, fileName: "hanare-audit.ndjson" });
  },
};
