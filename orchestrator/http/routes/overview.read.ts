/** GET /api/admin/overview. */
import type { Route } from "../route.ts";

export const overviewRead: Route = {
  method: "GET",
  url: "/api/admin/overview",
  access: "roles",
  roles: ["system-admin"],
  handle: ({ deps }) => deps.overview(),
};
