/** GET /api/admin/settings. */
import type { Route } from "../route.ts";
import { settingsView } from "../settings-contract.ts";

export const settingsRead: Route = {
  method: "GET",
  url: "/api/admin/settings",
  summary: "Every setting of hanare.yaml: written, standard, whether it can be changed here",
  gives: settingsView,
  scope: "system:read",
  access: "roles",
  roles: ["system-admin"],
  handle: ({ deps }) => deps.settings.read(),
};
