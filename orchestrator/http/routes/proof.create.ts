/** POST /api/proof. */
import { AppError } from "../../base/errors.ts";
import { passwordProof } from "../account-contract.ts";
import { signedInPerson } from "../factor-outcomes.ts";
import type { Route } from "../route.ts";
import { validate } from "../validate.ts";

export const proofCreate: Route = {
  method: "POST",
  url: "/api/proof",
  summary: "The password once more, before an act that cannot be undone",
  takes: { body: passwordProof },
  access: "signed-in",
  from: "enrol",
  async handle({ deps, request, caller, terminal }): Promise<void> {
    const { password } = validate(passwordProof, request.body, "body");
    const result = await deps.identity.prove(signedInPerson(caller), password);
    const outcomes = { throttled: "refused", refused: "failure", proven: "success" } as const;
    deps.audit.write({
      action: "proof",
      outcome: outcomes[result.outcome],
      userId: caller.user.id,
      userName: caller.user.name,
      terminal,
      target: caller.user.name,
      ...(result.outcome !== "proven" && { reason: result.outcome }),
    });
    if (result.outcome === "refused") throw new AppError("SIGN_IN_FAILED");
    if (result.outcome === "throttled")
      throw new AppError("SIGN_IN_THROTTLED", { retryAfterSeconds: result.retryAfterSeconds });
  },
};
