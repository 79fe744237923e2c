/**
 * DELETE /api/admin/users/:id/factors: for somebody whose telephone is gone. Whoever was signed in as this
 * person no longer is. Nobody does this to themselves: it would be a way around one's own second factor.
 */
import { AppError } from "../../base/errors.ts";
import { looksLikeId, type UserId } from "../../base/ids.ts";
import { idParams } from "../params.ts";
import type { Route } from "../route.ts";
import { validate } from "../validate.ts";

export const userResetFactors: Route = {
  method: "DELETE",
  url: "/api/admin/users/:id/factors",
  summary: "For somebody whose telephone is gone",
  takes: { params: idParams },
  scope: "users:write",
  access: "roles",
  roles: ["system-admin"],
  fresh: true,
  async handle({ deps, request, caller, terminal }): Promise<void> {
    const { id } = validate(idParams, request.params, "params");
    if (id === caller.user.id) throw new AppError("OWN_ACCOUNT", { user: caller.user.name });
    if (!looksLikeId(id)) throw new AppError("NOT_FOUND", { what: "user" });
    const user = deps.identity.resetFactors(id as UserId);
    deps.audit.write({
      action: "factor-reset",
      outcome: "success",
      userId: caller.user.id,
      userName: caller.user.name,
      terminal,
      target: user.name,
    });
    const running = deps.sessions.current(user.id);
    if (running) await deps.sessions.end(running.id, "administrator");
  },
};
