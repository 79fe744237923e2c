/** The audit records of approvals. Pure. */
import type { AuditEvent } from "../../audit/events.ts";
import type { Approval, Delegation } from "./types.ts";

type Acting = { readonly id: string; readonly name: string; readonly terminal: string } | null;

/** @param who null: the system itself */
export function approvalEvent(
  action: AuditEvent["action"],
  approval: Approval,
  who: Acting,
  more: { readonly reason?: string; readonly details?: NonNullable<AuditEvent["details"]> } = {},
): AuditEvent {
  return {
    action,
    outcome: "success",
    ...(who && { userId: who.id, userName: who.name, terminal: who.terminal }),
    sessionId: approval.sessionId,
    target: approval.name,
    ...(more.reason !== undefined && { reason: more.reason.slice(0, 256) }),
    details: {
      approval: approval.id,
      direction: approval.direction,
      download: approval.downloadId,
      requester: approval.requesterName,
      groups: approval.groups.join(" ").slice(0, 1024),
      source: approval.source.slice(0, 2048),
      contentType: approval.contentType,
      sha256Out: approval.sha256,
      bytesOut: approval.sizeBytes,
      sanitized: approval.sanitized,
      ...more.details,
    },
  };
}

export function delegationEvent(
  action: "delegation-end" | "delegation-set",
  delegation: Delegation,
  who: NonNullable<Acting>,
): AuditEvent {
  return {
    action,
    outcome: "success",
    userId: who.id,
    userName: who.name,
    terminal: who.terminal,
    target: delegation.delegateName,
    details: {
      delegation: delegation.id,
      from: new Date(delegation.from).toISOString(),
      until: new Date(delegation.until).toISOString(),
    },
  };
}
