/** What comes of proving or adding a second factor: the audit record, the cookies, the answer or the error. */
import type { AuditEvent } from "../audit/events.ts";
import { AppError } from "../base/errors.ts";
import { cookieFor, deviceCookieFor } from "../identity/cookie.ts";
import type { FactorAdded, FactorProven } from "../identity/second-factor.ts";
import type { Authenticated } from "../identity/types.ts";
import type { RecoveryCodes } from "./account-contract.ts";
import type { Me } from "./contract.ts";
import { fromOf } from "./from.ts";
import { meOfToken } from "./me-of.ts";
import type { Caller, CallerContext } from "./route.ts";

/** Factors belong to people who signed in; the local socket has none. Throws FORBIDDEN there. */
export function signedInPerson({ user, ticketId, stage, fresh }: Caller): Authenticated {
  if (ticketId === null) throw new AppError("FORBIDDEN", { user: user.name });
  return { user, ticketId, stage, fresh };
}

/** Writes the record, then grants: the new cookie, and this browser as one that is known. */
export function answerProof(
  context: CallerContext,
  kind: "code" | "passkey",
  result: FactorProven,
): Me {
  const { deps, request, reply, caller, terminal } = context;
  record(context, "second-factor", result, result.outcome === "proven" ? result.how : kind);
  if (result.outcome !== "proven") throw failure(result);
  const device = deps.identity.rememberDevice(caller.user, fromOf(request, terminal));
  void reply.header("set-cookie", [cookieFor(result.token), deviceCookieFor(device)]);
  return meOfToken(deps.identity, result.token, request.headers.host);
}

export function answerAdded(
  context: CallerContext,
  kind: "passkey" | "totp",
  result: FactorAdded,
): RecoveryCodes {
  record(context, "factor-add", result, kind);
  if (result.outcome !== "added") throw failure(result);
  return { recoveryCodes: result.recoveryCodes && [...result.recoveryCodes] };
}

function failure(
  result: Exclude<FactorAdded | FactorProven, { readonly outcome: "added" | "proven" }>,
): AppError {
  return result.outcome === "throttled"
    ? new AppError("SIGN_IN_THROTTLED", { retryAfterSeconds: result.retryAfterSeconds })
    : new AppError("SECOND_FACTOR_FAILED", { reason: result.reason });
}

function record(
  { deps, caller, terminal }: CallerContext,
  action: AuditEvent["action"],
  result: FactorAdded | FactorProven,
  kind: string,
): void {
  const outcomes = {
    throttled: "refused",
    refused: "failure",
    added: "success",
    proven: "success",
  } as const;
  deps.audit.write({
    action,
    outcome: outcomes[result.outcome],
    userId: caller.user.id,
    userName: caller.user.name,
    terminal,
    target: caller.user.name,
    ...(result.outcome === "refused" && { reason: result.reason }),
    ...(result.outcome === "throttled" && { reason: `throttled-${result.by}` }),
    details: { kind },
  });
}
