/** POST /api/second-factor/passkey. */
import { passkeyProof } from "../account-contract.ts";
import { type Me, me } from "../contract.ts";
import { answerProof, signedInPerson } from "../factor-outcomes.ts";
import { fromOf } from "../from.ts";
import { relyingParty } from "../relying-party.ts";
import type { Route } from "../route.ts";
import { validate } from "../validate.ts";

export const secondFactorPasskey: Route = {
  method: "POST",
  url: "/api/second-factor/passkey",
  summary: "The authenticator's answer, after the password",
  takes: { body: passkeyProof },
  gives: me,
  access: "signed-in",
  from: "second-factor",
  async handle(context): Promise<Me> {
    const { deps, request, caller, terminal } = context;
    const { response } = validate(passkeyProof, request.body, "body");
    const result = await deps.identity.secondFactor.provePasskey(
      signedInPerson(caller),
      relyingParty(request.headers.host),
      response,
      deps.identity.attemptOf(caller.user, fromOf(request, terminal)),
    );
    return answerProof(context, "passkey", result);
  },
};
