/** POST /api/sign-out. */
import { clearedCookie } from "../../identity/cookie.ts";
import type { Route } from "../route.ts";

export const signOutCreate: Route = {
  method: "POST",
  url: "/api/sign-out",
  summary: "The ticket, the cookie and the person's running session end together",
  access: "signed-in",
  from: "second-factor",
  async handle({ deps, reply, caller, terminal }): Promise<void> {
    const { user, ticketId } = caller;
    if (ticketId !== null) deps.identity.signOut(ticketId);
    void reply.header("set-cookie", clearedCookie());
    deps.audit.write({
      action: "sign-out",
      outcome: "success",
      userId: user.id,
      userName: user.name,
      terminal,
    });
    // Last: should ending fail, the person is signed out all the same and the answer says what failed.
    const running = deps.sessions.current(user.id);
    if (running) await deps.sessions.end(running.id, "sign-out");
  },
};
