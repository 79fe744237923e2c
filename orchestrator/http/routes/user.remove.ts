/** DELETE /api/admin/users/:id: the account goes; its records stay under its name. A running session ends. */
import { AppError } from "../../base/errors.ts";
import { looksLikeId, type UserId } from "../../base/ids.ts";
import { idParams } from "../params.ts";
import type { Route } from "../route.ts";
import { validate } from "../validate.ts";

export const userRemove: Route = {
  method: "DELETE",
  url: "/api/admin/users/:id",
  summary: "The account goes; its records stay under its name",
  takes: { params: idParams },
  scope: "users:write",
  access: "roles",
  roles: ["system-admin"],
  fresh: true,
  async handle({ deps, request, caller, terminal }): Promise<void> {
    const { id } = validate(idParams, request.params, "params");
    if (!looksLikeId(id)) throw new AppError("NOT_FOUND", { what: "user" });
    const user = deps.identity.remove(id as UserId, caller.user.id);
    deps.audit.write({
      action: "user-remove",
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
