/** POST /api/factors/totp/confirm. */
import { code, type RecoveryCodes, recoveryCodes } from "../account-contract.ts";
import { answerAdded, signedInPerson } from "../factor-outcomes.ts";
import type { Route } from "../route.ts";
import { validate } from "../validate.ts";

export const factorTotpConfirm: Route = {
  method: "POST",
  url: "/api/factors/totp/confirm",
  summary: "The first code shows that the app has the secret",
  takes: { body: code },
  gives: recoveryCodes,
  access: "signed-in",
  from: "enrol",
  fresh: true,
  async handle(context): Promise<RecoveryCodes> {
    const { deps, request, caller } = context;
    const typed = validate(code, request.body, "body");
    const person = signedInPerson(caller);
    return answerAdded(
      context,
      "totp",
      await deps.identity.secondFactor.confirmTotp(person, typed.code),
    );
  },
};
