/** POST /api/second-factor/passkey/options. */
import { z } from "zod";
import type { AuthenticationOptions } from "../../identity/passkeys.ts";
import { signedInPerson } from "../factor-outcomes.ts";
import { relyingParty } from "../relying-party.ts";
import type { Route } from "../route.ts";

export const secondFactorPasskeyOptions: Route = {
  method: "POST",
  url: "/api/second-factor/passkey/options",
  summary: "What to ask the authenticator",
  gives: z.looseObject({}),
  access: "signed-in",
  from: "second-factor",
  handle: ({ deps, request, caller }): Promise<AuthenticationOptions> =>
    deps.identity.secondFactor.proofOptions(
      signedInPerson(caller),
      relyingParty(request.headers.host),
    ),
};
