/** GET /api/admin/sessions: all that are not deleted, pool included. */
import type { Session } from "../contract.ts";
import type { Route } from "../route.ts";
import { toSession } from "../views.ts";

export const adminSessionList: Route = {
  method: "GET",
  url: "/api/admin/sessions",
  access: "roles",
  roles: ["system-admin"],
  handle({ deps }): Promise<{ readonly sessions: readonly Session[] }> {
    return Promise.resolve({ sessions: deps.sessions.list().map(toSession) });
  },
};
