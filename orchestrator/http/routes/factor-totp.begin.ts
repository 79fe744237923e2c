/** POST /api/factors/totp. */
import { type TotpSetup, totpSetup } from "../account-contract.ts";
import type { Route } from "../route.ts";

export const factorTotpBegin: Route = {
  method: "POST",
  url: "/api/factors/totp",
  summary: "A secret for an authenticator app; it counts once a code of it was right",
  gives: totpSetup,
  access: "signed-in",
  from: "enrol",
  fresh: true,
  handle: ({ deps, caller }): Promise<TotpSetup> =>
    Promise.resolve(deps.identity.secondFactor.beginTotp(caller.user)),
};
