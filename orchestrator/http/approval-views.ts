/** From judged files and approvals to what pages may see: people know each other by name, never by id. Pure. */
import type { Actor, Approval, Delegation } from "../downloads/approvals/types.ts";
import type { FileRecord } from "../downloads/types.ts";
import type {
  AdminFile,
  Delegation as DelegationView,
  InboxApproval,
  MyApproval,
  MyFile,
} from "./approval-contract.ts";
import type { Caller } from "./route.ts";

const iso = (ms: number | null): string | null => (ms === null ? null : new Date(ms).toISOString());

export function actorOf({ user }: Caller, terminal: string): Actor {
  const { id, name, roles, groups } = user;
  return { id, name, roles, groups, terminal };
}

export function toMyApproval(approval: Approval): MyApproval {
  const { id, state, name, sizeBytes, sanitized, reason, decidedBy, answer } = approval;
  return {
    ...{ id, state, name, sizeBytes, sanitized, reason, decidedBy, answer },
    direction: approval.direction,
    download: approval.downloadId,
    askedAt: new Date(approval.askedAt).toISOString(),
    expiresAt: new Date(approval.expiresAt).toISOString(),
    decidedAt: iso(approval.decidedAt),
    keptUntil: iso(approval.keptUntil),
    collectedAt: iso(approval.collectedAt),
  };
}

export function toInboxApproval(approval: Approval): InboxApproval {
  const { terminal, source, sha256, contentType, decidedFor, groups } = approval;
  return {
    ...toMyApproval(approval),
    ...{ terminal, source, sha256, contentType, decidedFor },
    requester: approval.requesterName,
    groups: [...groups],
  };
}

function toFile(record: FileRecord) {
  const { id, name, source, sizeBytes, verdict, reason, contentType, messageJa, messageEn } =
    record;
  const { receivedAt, hasManifest, direction } = record;
  return {
    ...{ id, name, source, sizeBytes, verdict, reason, contentType, messageJa, messageEn },
    ...{ receivedAt, hasManifest, direction },
  };
}

export function toMyFile(
  record: FileRecord,
  approval: Approval | undefined,
  inTray: boolean,
  savedAs: string | undefined,
): MyFile {
  return {
    savedAs: savedAs ?? null,
    ...toFile(record),
    approval: approval === undefined ? null : toMyApproval(approval),
    inTray,
  };
}

export function toAdminFile(record: FileRecord): AdminFile {
  return { ...toFile(record), ownerName: record.ownerName, sha256: record.sha256 };
}

export function toDelegation({ id, delegateName, from, until }: Delegation): DelegationView {
  return {
    id,
    delegate: delegateName,
    from: new Date(from).toISOString(),
    until: new Date(until).toISOString(),
  };
}
