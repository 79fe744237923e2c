/** POST /api/factors/passkeys. */
import { newPasskey, type RecoveryCodes, recoveryCodes } from "../account-contract.ts";
import { answerAdded, signedInPerson } from "../factor-outcomes.ts";
import { relyingParty } from "../relying-party.ts";
import type { Route } from "../route.ts";
import { validate } from "../validate.ts";

export const factorPasskeyAdd: Route = {
  method: "POST",
  url: "/api/factors/passkeys",
  summary: "The authenticator made one; from now on it is asked for",
  takes: { body: newPasskey },
  gives: recoveryCodes,
  access: "signed-in",
  from: "enrol",
  fresh: true,
  async handle(context): Promise<RecoveryCodes> {
    const { deps, request, caller } = context;
    const { name, response } = validate(newPasskey, request.body, "body");
    const result = await deps.identity.secondFactor.addPasskey(
      signedInPerson(caller),
      relyingParty(request.headers.host),
      name,
      response,
    );
    return answerAdded(context, "passkey", result);
  },
};
