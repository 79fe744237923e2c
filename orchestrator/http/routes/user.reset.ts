/**
 * POST /api/admin/users/:id/reset: a new one-time password. Whoever was signed in as this person no
 * longer is, and a running session ends: a reset may be the answer to a stolen password.
 */
import { z } from "zod";
import { AppError } from "../../base/errors.ts";
import { looksLikeId, type UserId } from "../../base/ids.ts";
import { type User, user } from "../contract.ts";
import { idParams } from "../params.ts";
import type { Route } from "../route.ts";
import { validate } from "../validate.ts";
import { toUser } from "../views.ts";

export const userReset: Route = {
  method: "POST",
  url: "/api/admin/users/:id/reset",
  summary: "A new one-time password",
  takes: { params: idParams },
  gives: z.strictObject({ user, oneTimePassword: z.string() }),
  scope: "users:write",
  access: "roles",
  roles: ["system-admin"],
  fresh: true,
  async handle({
    deps,
    request,
    caller,
    terminal,
  }): Promise<{ readonly user: User; readonly oneTimePassword: string }> {
    const { id } = validate(idParams, request.params, "params");
    if (!looksLikeId(id)) throw new AppError("NOT_FOUND", { what: "user" });
    const { user, oneTimePassword } = await deps.identity.reset(id as UserId);
    deps.audit.write({
      action: "user-reset",
      outcome: "success",
      userId: caller.user.id,
      userName: caller.user.name,
      terminal,
      target: user.name,
    });
    const running = deps.sessions.current(user.id);
    if (running) await deps.sessions.end(running.id, "administrator");
    return { user: toUser(user, deps.identity.secondFactor.has(user.id)), oneTimePassword };
  },
};
