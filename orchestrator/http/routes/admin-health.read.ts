/** GET /api/admin/health. */
import { healthView } from "../overview-contract.ts";
import type { Route } from "../route.ts";

export const adminHealthRead: Route = {
  method: "GET",
  url: "/api/admin/health",
  summary: "What the latest check of the machine found, and how far one that runs has come",
  gives: healthView,
  scope: "system:read",
  access: "roles",
  roles: ["system-admin"],
  handle: ({ deps }) => Promise.resolve(deps.health.read()),
};
