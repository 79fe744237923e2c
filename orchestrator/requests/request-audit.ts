/** The audit records of requests: who asked for what, who decided it how, and what was published. Pure. */
import type { AuditEvent } from "../audit/events.ts";
import { type AccessRequest, targetOf } from "./types.ts";

type Acting = { readonly id: string; readonly name: string; readonly terminal?: string } | null;
type Details = NonNullable<AuditEvent["details"]>;

/** @param who null: the system itself */
export function requestEvent(
  action: AuditEvent["action"],
  request: AccessRequest,
  who: Acting,
  more: Partial<Pick<AuditEvent, "outcome" | "reason">> & { readonly details?: Details } = {},
): AuditEvent {
  return {
    action,
    outcome: more.outcome ?? "success",
    ...(who && { userId: who.id, userName: who.name }),
    ...(who?.terminal !== undefined && { terminal: who.terminal }),
    target: targetOf(request).slice(0, 4096),
    ...(more.reason !== undefined && { reason: more.reason.slice(0, 256) }),
    details: {
      request: request.id,
      asker: request.userName,
      plane: request.plane,
      rule: request.rule,
      requestId: request.refusalId,
      ...more.details,
    },
  };
}

export function additionsText(additions: AccessRequest["additions"]): string {
  return additions
    .map(({ list, entry }) => `${list}: ${entry}`)
    .join(", ")
    .slice(0, 4096);
}
