/** POST /api/admin/users. */
import { z } from "zod";
import { isAppError } from "../../base/errors.ts";
import { newUser, type User, user } from "../contract.ts";
import type { CallerContext, Route } from "../route.ts";
import { validate } from "../validate.ts";
import { toUser } from "../views.ts";

export const userCreate: Route = {
  method: "POST",
  url: "/api/admin/users",
  summary: "A new account and the one-time password to hand over, shown this once",
  takes: { body: newUser },
  gives: z.strictObject({ user, oneTimePassword: z.string() }),
  scope: "users:write",
  access: "roles",
  roles: ["system-admin"],
  fresh: true,
  async handle(context): Promise<{ readonly user: User; readonly oneTimePassword: string }> {
    const { deps, request } = context;
    const wanted = validate(newUser, request.body, "body");
    try {
      const { user, oneTimePassword } = await deps.identity.create(wanted);
      // 64 groups of 64 characters are more than a fact of a record holds.
      const groups = user.groups.join(" ").slice(0, 4096);
      record(context, user.name, { roles: user.roles.join(" "), groups });
      return { user: toUser(user, false), oneTimePassword };
    } catch (error) {
      if (isAppError(error, "USER_EXISTS")) record(context, wanted.name, undefined);
      throw error;
    }
  },
};

/** `made` undefined: the name was taken. */
function record(
  { deps, caller, terminal }: CallerContext,
  name: string,
  made: Readonly<Record<string, string>> | undefined,
): void {
  deps.audit.write({
    action: "user-create",
    outcome: made ? "success" : "failure",
    userId: caller.user.id,
    userName: caller.user.name,
    terminal,
    target: name,
    ...(made ? { details: made } : { reason: "name-taken" }),
  });
}
