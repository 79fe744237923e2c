/** GET /api/admin/trend. */
import { trend, trendQuery } from "../overview-contract.ts";
import type { Route } from "../route.ts";
import { validate } from "../validate.ts";

export const trendRead: Route = {
  method: "GET",
  url: "/api/admin/trend",
  summary: "Sessions, opens, traffic, verdicts and free space over the last hour or day",
  takes: { query: trendQuery },
  gives: trend,
  scope: "system:read",
  access: "roles",
  roles: ["system-admin"],
  handle({ deps, request }) {
    const { hours } = validate(trendQuery, request.query, "query");
    return Promise.resolve(deps.trend.read(hours === "24" ? 24 : 1));
  },
};
