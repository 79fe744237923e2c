/** POST /api/sessions: a browser for this person, theirs alone. */
import { deadline } from "../../base/deadline.ts";
import { openSession, type Session } from "../contract.ts";
import type { Route } from "../route.ts";
import { validate } from "../validate.ts";
import { toSession } from "../views.ts";

export const sessionOpen: Route = {
  method: "POST",
  url: "/api/sessions",
  access: "roles",
  roles: ["user"],
  async handle({ deps, request, caller, terminal }): Promise<Session> {
    const { url } = validate(openSession, request.body ?? {}, "body");
    const { id, name, groups } = caller.user;
    // A terminal that hangs up does not cancel: the session is there when it asks again.
    const view = await deps.sessions.open(
      { id, name, groups },
      { terminal, ...(url !== undefined && { url }) },
      deadline(deps.openSessionMs, "open session"),
    );
    return toSession(view);
  },
};
