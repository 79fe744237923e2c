/** POST /api/admin/reconcile. */
import { z } from "zod";
import type { Route } from "../route.ts";

export const sessionReconcile: Route = {
  method: "POST",
  url: "/api/admin/reconcile",
  summary: "Compare records and containers now instead of at the next round",
  gives: z.looseObject({ orphans: z.int(), lost: z.int() }),
  scope: "system:write",
  access: "roles",
  roles: ["system-admin"],
  handle: ({ deps }) => deps.reconcile(),
};
