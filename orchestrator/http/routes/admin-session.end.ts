/** DELETE /api/admin/sessions/:id. */
import { z } from "zod";
import { AppError } from "../../base/errors.ts";
import { looksLikeId, type SessionId } from "../../base/ids.ts";
import { idParams } from "../params.ts";
import type { Route } from "../route.ts";
import { validate } from "../validate.ts";

const body = z.strictObject({ message: z.string().max(500).optional() });

export const adminSessionEnd: Route = {
  method: "DELETE",
  url: "/api/admin/sessions/:id",
  summary: "An administrator ends somebody's session, with a word to them",
  takes: { params: idParams, body },
  scope: "sessions:write",
  access: "roles",
  roles: ["system-admin"],
  fresh: true,
  async handle({ deps, request, caller, terminal }): Promise<void> {
    const { id } = validate(idParams, request.params, "params");
    const { message } = validate(body, request.body ?? {}, "body");
    const found = looksLikeId(id) ? deps.sessions.find(id as SessionId) : undefined;
    if (!found) throw new AppError("NOT_FOUND", { what: "session" });
    deps.audit.write({
      action: "session-terminate",
      outcome: "success",
      userId: caller.user.id,
      userName: caller.user.name,
      terminal,
      sessionId: found.id,
      ...(found.ownerName !== null && { target: found.ownerName }),
      ...(message !== undefined && { details: { message } }),
    });
    await deps.sessions.end(found.id, "administrator", message);
  },
};
