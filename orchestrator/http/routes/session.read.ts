/** GET /api/sessions/:id, owner only. Answers for an ended session too, with its reason. */
import { type Session, session } from "../contract.ts";
import { ownSession } from "../owned.ts";
import { idParams } from "../params.ts";
import type { Route } from "../route.ts";
import { validate } from "../validate.ts";
import { toSession } from "../views.ts";

export const sessionRead: Route = {
  method: "GET",
  url: "/api/sessions/:id",
  summary: "One of my sessions, also when it has ended",
  takes: { params: idParams },
  gives: session,
  access: "signed-in",
  handle({ deps, request, caller }): Promise<Session> {
    const { id } = validate(idParams, request.params, "params");
    return Promise.resolve(toSession(ownSession(deps.sessions, id, caller.user.id)));
  },
};
