/** POST /api/second-factor/code. */
import { code } from "../account-contract.ts";
import { type Me, me } from "../contract.ts";
import { answerProof, signedInPerson } from "../factor-outcomes.ts";
import { fromOf } from "../from.ts";
import type { Route } from "../route.ts";
import { validate } from "../validate.ts";

export const secondFactorCode: Route = {
  method: "POST",
  url: "/api/second-factor/code",
  summary: "A code of the app or a recovery code, after the password",
  takes: { body: code },
  gives: me,
  access: "signed-in",
  from: "second-factor",
  async handle(context): Promise<Me> {
    const { deps, request, caller, terminal } = context;
    const typed = validate(code, request.body, "body");
    const attempt = deps.identity.attemptOf(caller.user, fromOf(request, terminal));
    const result = await deps.identity.secondFactor.proveCode(
      signedInPerson(caller),
      typed.code,
      attempt,
    );
    return answerProof(context, "code", result);
  },
};
