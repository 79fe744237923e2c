/** POST /api/factors/recovery-codes. */
import { type RecoveryCodes, recoveryCodes } from "../account-contract.ts";
import type { Route } from "../route.ts";

export const factorRecoveryCodes: Route = {
  method: "POST",
  url: "/api/factors/recovery-codes",
  summary: "New ones, shown this once; the old ones are void",
  gives: recoveryCodes,
  access: "signed-in",
  fresh: true,
  handle({ deps, caller, terminal }): Promise<RecoveryCodes> {
    const made = deps.identity.secondFactor.renewRecoveryCodes(caller.user);
    deps.audit.write({
      action: "factor-add",
      outcome: "success",
      userId: caller.user.id,
      userName: caller.user.name,
      terminal,
      target: caller.user.name,
      details: { kind: "recovery-codes" },
    });
    return Promise.resolve({ recoveryCodes: [...made] });
  },
};
