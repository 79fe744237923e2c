/** GET /api/admin/audit-report.csv. Taking a copy is itself on record. */
import type { FastifyReply } from "fastify";
import { auditReportQuery } from "../audit-contract.ts";
import { attachment } from "../content-disposition.ts";
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
  async handle({ deps, request, reply, caller, terminal }): Promise<FastifyReply> {
    const query = validate(auditReportQuery, request.query, "query");
    const english = /^\s*en\b/i.test(request.headers["accept-language"] ?? "");
    const csv = await deps.auditTrail.reportCsv(query, english ? "en" : "ja");
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
      .header("content-disposition", attachment(`hanare-report-${query.report}.csv`))
      .send(csv);
  },
};
