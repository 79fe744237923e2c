/** GET /api/session: my running session, or null. */
import type { Session } from "../contract.ts";
import type { Route } from "../route.ts";
import { toSession } from "../views.ts";

export const sessionCurrent: Route = {
  method: "GET",
  url: "/api/session",
  access: "signed-in",
  handle({ deps, caller }): Promise<{ readonly session: Session | null }> {
    const running = deps.sessions.current(caller.user.id);
    return Promise.resolve({ session: running ? toSession(running) : null });
  },
};
