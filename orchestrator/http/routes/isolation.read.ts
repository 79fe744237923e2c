/** GET /api/admin/isolation: the host as it is now, and the latest probe. */
import type { Route } from "../route.ts";

export const isolationRead: Route = {
  method: "GET",
  url: "/api/admin/isolation",
  access: "roles",
  roles: ["system-admin"],
  handle: ({ deps }) => deps.isolation.read(),
};
