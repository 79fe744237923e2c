/** POST /api/password. Every ticket of the person ends; this browser gets a new one. */
import { AppError } from "../../base/errors.ts";
import { cookieFor } from "../../identity/cookie.ts";
import { type Me, me, passwordChange } from "../contract.ts";
import type { CallerContext, Route } from "../route.ts";
import { meOfToken } from "../me-of.ts";
import { validate } from "../validate.ts";

export const passwordChangeRoute: Route = {
  method: "POST",
  url: "/api/password",
  summary: "A new password; every other sign-in of the person ends",
  takes: { body: passwordChange },
  gives: me,
  access: "signed-in",
  from: "password",
  async handle(context): Promise<Me> {
    const { deps, request, reply, caller } = context;
    const { current, next } = validate(passwordChange, request.body, "body");
    const result = await deps.identity.changePassword(
      caller.user,
      current,
      next,
      caller.ticketId ?? undefined,
    );
    switch (result.outcome) {
      case "throttled":
        record(context, "refused", "throttled-account");
        throw new AppError("SIGN_IN_THROTTLED", { retryAfterSeconds: result.retryAfterSeconds });
      case "refused":
        record(context, "failure", result.reason);
        throw new AppError("SIGN_IN_FAILED", { reason: result.reason });
      case "too-weak":
        record(context, "failure", result.reason);
        throw new AppError("PASSWORD_TOO_WEAK", { reason: result.reason });
      case "changed":
        record(context, "success");
        void reply.header("set-cookie", cookieFor(result.token));
        return meOfToken(deps.identity, result.token, request.headers.host);
    }
  },
};

function record(
  { deps, caller, terminal }: CallerContext,
  outcome: "failure" | "refused" | "success",
  reason?: string,
): void {
  deps.audit.write({
    action: "password-change",
    outcome,
    userId: caller.user.id,
    userName: caller.user.name,
    terminal,
    target: caller.user.name,
    ...(reason !== undefined && { reason }),
  });
}
