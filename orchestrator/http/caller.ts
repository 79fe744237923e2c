/** Decides whether a caller may use a route. Pure: fails with the code to answer, or lets pass. */
import type { ErrorCode } from "../base/codes.ts";
import { AppError } from "../base/errors.ts";
import { type Stage, stages } from "../identity/types.ts";
import type { AccessRule, Caller } from "./route.ts";

/** What is asked of somebody whose sign-in has come this far only. */
const nextStep: Readonly<Record<Exclude<Stage, "full">, ErrorCode>> = {
  "second-factor": "SECOND_FACTOR_REQUIRED",
  password: "PASSWORD_CHANGE_REQUIRED",
  enrol: "FACTOR_SETUP_REQUIRED",
};

/** Throws SIGN_IN_REQUIRED, TOKEN_SCOPE, what completes the sign-in, TOKEN_REQUIRED, FORBIDDEN or PROOF_REQUIRED, in this order. */
export function admit(rule: AccessRule, caller: Caller | undefined): Caller {
  if (!caller) throw new AppError("SIGN_IN_REQUIRED");
  const { user, stage, scopes } = caller;
  if (scopes !== undefined) {
    const scope = rule.access === "signed-in" ? undefined : rule.scope;
    if (scope === undefined || !scopes.includes(scope))
      throw new AppError("TOKEN_SCOPE", { user: user.name, scope: scope ?? "none" });
    return caller;
  }
  const wanted = (rule.access === "signed-in" ? rule.from : undefined) ?? "full";
  if (stage !== "full" && stages.indexOf(stage) < stages.indexOf(wanted))
    throw new AppError(nextStep[stage], { user: user.name });
  if (rule.access === "token") throw new AppError("TOKEN_REQUIRED", { user: user.name });
  if (rule.access === "roles" && !rule.roles.some((role) => user.roles.includes(role)))
    throw new AppError("FORBIDDEN", { user: user.name });
  if (rule.fresh === true && !caller.fresh)
    throw new AppError("PROOF_REQUIRED", { user: user.name });
  return caller;
}
