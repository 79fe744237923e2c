/** Decides whether a caller may use a route. Pure: fails with the code to answer, or lets pass. */
import { AppError } from "../base/errors.ts";
import type { AccessRule, Caller } from "./route.ts";

/** Throws SIGN_IN_REQUIRED, PASSWORD_CHANGE_REQUIRED or FORBIDDEN, in this order. */
export function admit(rule: AccessRule, caller: Caller | undefined): Caller {
  if (!caller) throw new AppError("SIGN_IN_REQUIRED");
  const { user } = caller;
  const early = rule.access === "signed-in" && rule.beforePasswordChange === true;
  if (user.mustChangePassword && !early)
    throw new AppError("PASSWORD_CHANGE_REQUIRED", { user: user.name });
  if (rule.access === "roles" && !rule.roles.some((role) => user.roles.includes(role)))
    throw new AppError("FORBIDDEN", { user: user.name });
  return caller;
}
