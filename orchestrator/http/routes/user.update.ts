/**
 * POST /api/admin/users/:id: name, roles, groups, and whether the account is in use. A running session of somebody
 * who is disabled, or loses a group or the role, ends.
 */
import { AppError } from "../../base/errors.ts";
import { looksLikeId, type UserId } from "../../base/ids.ts";
import { type User, userChange, user } from "../contract.ts";
import { idParams } from "../params.ts";
import type { Route } from "../route.ts";
import { validate } from "../validate.ts";
import { toUser } from "../views.ts";

export const userUpdate: Route = {
  method: "POST",
  url: "/api/admin/users/:id",
  summary: "Name, roles, groups, and whether the account is in use",
  takes: { params: idParams, body: userChange },
  gives: user,
  scope: "users:write",
  access: "roles",
  roles: ["system-admin"],
  fresh: true,
  async handle({ deps, request, caller, terminal }): Promise<User> {
    const { id } = validate(idParams, request.params, "params");
    const wanted = validate(userChange, request.body, "body");
    if (!looksLikeId(id)) throw new AppError("NOT_FOUND", { what: "user" });
    const groupsBefore = deps.identity.groupsOf(id);
    const user = deps.identity.update(id as UserId, wanted, caller.user.id);
    deps.audit.write({
      action: "user-update",
      outcome: "success",
      userId: caller.user.id,
      userName: caller.user.name,
      terminal,
      target: user.name,
      details: {
        roles: user.roles.join(" "),
        groups: user.groups.join(" ").slice(0, 4096),
        disabled: user.disabled,
      },
    });
    // A running session goes on with the rights it was opened with: it ends where one of them was taken away.
    const hasLost =
      user.disabled ||
      !user.roles.includes("user") ||
      groupsBefore.some((group) => !user.groups.includes(group));
    const running = hasLost ? deps.sessions.current(user.id) : undefined;
    if (running) await deps.sessions.end(running.id, "administrator");
    return toUser(user, deps.identity.secondFactor.has(user.id));
  },
};
