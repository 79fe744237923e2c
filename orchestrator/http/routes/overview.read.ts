/** GET /api/admin/overview. */
import { overview } from "../overview-contract.ts";
import type { Route } from "../route.ts";

export const overviewRead: Route = {
  method: "GET",
  url: "/api/admin/overview",
  summary: "What the administrators' first page shows",
  gives: overview,
  scope: "system:read",
  access: "roles",
  roles: ["system-admin"],
  handle: ({ deps }) => deps.overview(),
};
