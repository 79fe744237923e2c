/** POST /api/factors/passkeys/options. */
import { z } from "zod";
import type { RegistrationOptions } from "../../identity/passkeys.ts";
import { signedInPerson } from "../factor-outcomes.ts";
import { relyingParty } from "../relying-party.ts";
import type { Route } from "../route.ts";

export const factorPasskeyOptions: Route = {
  method: "POST",
  url: "/api/factors/passkeys/options",
  summary: "What to ask the authenticator for a new passkey",
  gives: z.looseObject({}),
  access: "signed-in",
  from: "enrol",
  fresh: true,
  handle: ({ deps, request, caller }): Promise<RegistrationOptions> =>
    deps.identity.secondFactor.passkeyOptions(
      signedInPerson(caller),
      relyingParty(request.headers.host),
    ),
};
