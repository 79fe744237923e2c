/** GET /api/admin/audit.csv. Taking a copy of the log is itself on record. */
import type { FastifyReply } from "fastify";
import { attachment } from "../content-disposition.ts";
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
  async handle({ deps, request, reply, caller, terminal }): Promise<FastifyReply> {
    const query = validate(auditQuery, request.query, "query");
    const english = /^\s*en\b/i.test(request.headers["accept-language"] ?? "");
    const csv = deps.auditTrail.exportCsv(query, english ? "en" : "ja");
    deps.audit.write({
      action: "audit-export",
      outcome: "success",
      userId: caller.user.id,
      userName: caller.user.name,
      terminal,
      target: JSON.stringify(query),
    });
    return reply
      .header("content-type", "text/csv; charset=utf-8")
      .header("content-disposition", attachment("hanare-audit.csv"))
      .send(csv);
  },
};
