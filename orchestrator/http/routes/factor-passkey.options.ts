/** POST /api/factors/passkeys/options: what to ask the authenticator for a new passkey. */
import type { RegistrationOptions } from "../../identity/passkeys.ts";
import { signedInPerson } from "../factor-outcomes.ts";
import { relyingParty } from "../relying-party.ts";
import type { Route } from "../route.ts";

export const factorPasskeyOptions: Route = {
  method: "POST",
  url: "/api/factors/passkeys/options",
  access: "signed-in",
  from: "enrol",
  fresh: true,
  handle: ({ deps, request, caller }): Promise<RegistrationOptions> =>
    deps.identity.secondFactor.passkeyOptions(
      signedInPerson(caller),
      relyingParty(request.headers.host),
    ),
};
