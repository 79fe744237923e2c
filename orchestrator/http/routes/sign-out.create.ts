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
    // First: windows hear why they end before the sign-in takes them along.
    const running = deps.sessions.current(user.id);
    const ending = running && deps.sessions.end(running.id, "sign-out");
    ending?.catch(() => undefined);
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
    await ending;
  },
};
