/** POST /api/factors/totp: a secret for an authenticator app; it counts once a code of it was right. */
import type { TotpSetup } from "../account-contract.ts";
import type { Route } from "../route.ts";

export const factorTotpBegin: Route = {
  method: "POST",
  url: "/api/factors/totp",
  access: "signed-in",
  from: "enrol",
  fresh: true,
  handle: ({ deps, caller }): Promise<TotpSetup> =>
    Promise.resolve(deps.identity.secondFactor.beginTotp(caller.user)),
};
