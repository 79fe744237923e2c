/** GET /api/session. */
import { z } from "zod";
import { type Session, session } from "../contract.ts";
import type { Route } from "../route.ts";
import { toSession } from "../views.ts";

export const sessionCurrent: Route = {
  method: "GET",
  url: "/api/session",
  summary: "My running session, or null",
  gives: z.strictObject({ session: session.nullable() }),
  access: "signed-in",
  handle({ deps, caller }): Promise<{ readonly session: Session | null }> {
    const running = deps.sessions.current(caller.user.id);
    return Promise.resolve({ session: running ? toSession(running) : null });
  },
};
