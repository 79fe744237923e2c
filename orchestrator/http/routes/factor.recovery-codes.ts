/** POST /api/factors/recovery-codes: new ones, shown this once; the old ones are void. */
import type { RecoveryCodes } from "../account-contract.ts";
import type { Route } from "../route.ts";

export const factorRecoveryCodes: Route = {
  method: "POST",
  url: "/api/factors/recovery-codes",
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
