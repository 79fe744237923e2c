/** GET /api/admin/isolation. */
import { isolationReport } from "../overview-contract.ts";
import type { Route } from "../route.ts";

export const isolationRead: Route = {
  method: "GET",
  url: "/api/admin/isolation",
  summary: "The host as it is now, and the latest probe",
  gives: isolationReport,
  scope: "system:read",
  access: "roles",
  roles: ["system-admin"],
  handle: ({ deps }) => deps.isolation.read(),
};
