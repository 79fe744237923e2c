/** DELETE /api/sessions/:id, owner only. Answers when everything of the session is gone. */
import { ownSession } from "../owned.ts";
import { idParams } from "../params.ts";
import type { Route } from "../route.ts";
import { validate } from "../validate.ts";

export const sessionEnd: Route = {
  method: "DELETE",
  url: "/api/sessions/:id",
  summary: "Ends one of my sessions; answers when everything of it is gone",
  takes: { params: idParams },
  access: "signed-in",
  async handle({ deps, request, caller }): Promise<void> {
    const { id } = validate(idParams, request.params, "params");
    await deps.sessions.end(ownSession(deps.sessions, id, caller.user.id).id, "user");
  },
};
