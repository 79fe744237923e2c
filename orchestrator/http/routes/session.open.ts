/**
 * POST /api/sessions: a browser for this person, theirs alone. Nobody waits in line here: when there is no
 * place the answer is CAPACITY with the place the person would have had, and when to ask again.
 */
import { deadline } from "../../base/deadline.ts";
import { AppError } from "../../base/errors.ts";
import type { WaitNotice } from "../../sessions/types.ts";
import { openSession, type Session, session } from "../contract.ts";
import type { Route } from "../route.ts";
import { validate } from "../validate.ts";
import { toSession } from "../views.ts";

const retryAfterSeconds = 10;

export const sessionOpen: Route = {
  method: "POST",
  url: "/api/sessions",
  summary: "A browser for this person, theirs alone",
  takes: { body: openSession },
  gives: session,
  access: "roles",
  roles: ["user"],
  async handle({ deps, request, caller, terminal }): Promise<Session> {
    const { url, key, size } = validate(openSession, request.body ?? {}, "body");
    const { id, name, groups, roles } = caller.user;
    const full = new AbortController();
    // Browsers that are just being started take seconds: worth waiting for within this request.
    const onWait = ({ why, position }: WaitNotice): void => {
      if (why !== "starting")
        full.abort(new AppError("CAPACITY", { why, position, retryAfterSeconds }));
    };
    // A terminal that hangs up does not cancel: the session is there when it asks again.
    const view = await deps.sessions.open(
      { id, name, groups, administrator: roles.includes("system-admin") },
      {
        terminal,
        ...(url !== undefined && { url }),
        ...(key !== undefined && { key }),
        ...(size !== undefined && { size }),
      },
      deadline(deps.openSessionMs, "open session", full.signal),
      onWait,
    );
    return toSession(view);
  },
};
