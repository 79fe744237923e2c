/** POST /api/admin/reconcile: compare records and containers now instead of at the next round. */
import type { Route } from "../route.ts";

export const sessionReconcile: Route = {
  method: "POST",
  url: "/api/admin/reconcile",
  access: "roles",
  roles: ["system-admin"],
  handle: ({ deps }) => deps.reconcile(),
};
