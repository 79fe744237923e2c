/** GET /api/admin/sessions. */
import { z } from "zod";
import { type Session, session } from "../contract.ts";
import type { Route } from "../route.ts";
import { toSession } from "../views.ts";

export const adminSessionList: Route = {
  method: "GET",
  url: "/api/admin/sessions",
  summary: "All that are not deleted, pool included",
  gives: z.strictObject({ sessions: z.array(session) }),
  scope: "sessions:read",
  access: "roles",
  roles: ["system-admin"],
  handle({ deps }): Promise<{ readonly sessions: readonly Session[] }> {
    return Promise.resolve({ sessions: deps.sessions.list().map(toSession) });
  },
};
