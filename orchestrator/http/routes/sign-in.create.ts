/** POST /api/sign-in. Every attempt leaves an audit record before it is answered. */
import type { AuditEvent } from "../../audit/events.ts";
import { AppError } from "../../base/errors.ts";
import { cookieFor, deviceCookieFor } from "../../identity/cookie.ts";
import type { SignInOutcome } from "../../identity/identity.ts";
import { type Me, me, signIn } from "../contract.ts";
import { fromOf } from "../from.ts";
import { meOf } from "../me-of.ts";
import type { Route } from "../route.ts";
import { validate } from "../validate.ts";

export const signInCreate: Route = {
  method: "POST",
  url: "/api/sign-in",
  summary: "Signs in with name and password",
  takes: { body: signIn },
  gives: me,
  access: "anyone",
  rate: "sign-in",
  async handle({ deps, request, reply, terminal }): Promise<Me> {
    const typed = validate(signIn, request.body, "body");
    const result = await deps.identity.signIn(
      typed.name,
      typed.password,
      fromOf(request, terminal),
    );
    deps.audit.write(auditOf(result, typed.name, terminal));
    switch (result.outcome) {
      case "throttled":
        throw new AppError("SIGN_IN_THROTTLED", {
          by: result.by,
          retryAfterSeconds: result.retryAfterSeconds,
        });
      case "refused":
        if (result.reason === "one-time-expired") throw new AppError("ONE_TIME_EXPIRED");
        // Which of the two was wrong stays between the audit log and us.
        throw new AppError("SIGN_IN_FAILED");
      case "signed-in":
        void reply.header("set-cookie", [
          cookieFor(result.token),
          ...(result.device === undefined ? [] : [deviceCookieFor(result.device)]),
        ]);
        return meOf(deps.identity, result, request.headers.host);
    }
  },
};

/** `target` is the name as typed; person fields only when that name belongs to somebody. */
function auditOf(result: SignInOutcome, typedName: string, terminal: string): AuditEvent {
  const outcomes = { throttled: "refused", refused: "failure", "signed-in": "success" } as const;
  const { user } = result;
  return {
    action: "sign-in",
    outcome: outcomes[result.outcome],
    ...(user && { userId: user.id, userName: user.name }),
    terminal,
    target: typedName,
    ...(result.outcome === "refused" && { reason: result.reason }),
    ...(result.outcome === "throttled" && { reason: `throttled-${result.by}` }),
    // "second-factor": the password was right, and nothing is open yet.
    ...(result.outcome === "signed-in" && { details: { stage: result.stage } }),
  };
}
