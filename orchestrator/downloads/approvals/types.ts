/** What other features see of approvals (上長承認): shapes and the interface. */
import type { Readable } from "node:stream";
import type { ApprovalId, DownloadId, UserId } from "../../base/ids.ts";
import type { StoredFile } from "../quarantine/quarantine.ts";
import type { ReleasedFile } from "../types.ts";

/** The first one is the closed one. */
export const approvalStates = ["expired", "withdrawn", "refused", "open", "approved"] as const;
export type ApprovalState = (typeof approvalStates)[number];

export interface Approval {
  readonly id: ApprovalId;
  /** Grows with every request: what paging goes by. */
  readonly seq: number;
  readonly state: ApprovalState;
  /** `upload` (持ち出し): from the terminal to a page. */
  readonly direction: "download" | "upload";
  readonly downloadId: DownloadId;
  readonly requesterId: UserId;
  readonly requesterName: string;
  /** The requester's sections when they asked. */
  readonly groups: readonly string[];
  readonly terminal: string;
  readonly sessionId: string;
  /** Name the file leaves under. */
  readonly name: string;
  readonly mediaType: string;
  readonly source: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly contentType: string;
  /** Why nobody but a person could decide, as the verdict says. */
  readonly verdictReason: string;
  /** What leaves was rebuilt; false: it is the original. */
  readonly sanitized: boolean;
  readonly reason: string;
  readonly askedAt: number;
  /** Nobody decided until then: it expires. */
  readonly expiresAt: number;
  readonly decidedAt: number | null;
  readonly decidedBy: string | null;
  /** The absent approver in whose place it was decided. */
  readonly decidedFor: string | null;
  readonly answer: string;
  /** How long an approved file can be fetched; null when it is not kept. */
  readonly keptUntil: number | null;
  readonly collectedAt: number | null;
}

/** A file of a running session that waits for an approval. */
export interface AwaitingApproval {
  readonly file: StoredFile;
  readonly facts: Pick<
    Approval,
    | "contentType"
    | "direction"
    | "mediaType"
    | "name"
    | "sanitized"
    | "sessionId"
    | "source"
    | "verdictReason"
  >;
}

/** Somebody who acts, as they are now. */
export interface Actor {
  readonly id: UserId;
  readonly name: string;
  readonly roles: readonly string[];
  readonly groups: readonly string[];
  readonly terminal: string;
}

/** Absence: `delegate` acts for `approver` from one moment to another. */
export interface Delegation {
  readonly id: string;
  readonly approverId: UserId;
  readonly approverName: string;
  readonly delegateId: UserId;
  readonly delegateName: string;
  readonly from: number;
  readonly until: number;
}

export interface ApprovalDecision {
  readonly decision: "approve" | "refuse";
  /** Never empty. */
  readonly answer: string;
}

export interface Inbox {
  /** False: this person decides about nothing, now or by delegation. */
  readonly mayDecide: boolean;
  readonly open: number;
  readonly approvals: readonly Approval[];
}

export interface ApprovalService {
  /** Throws NOT_FOUND, FILE_NOT_FOR_APPROVAL, APPROVAL_LIMIT, KEEP_FULL. */
  ask(asker: Actor, downloadId: DownloadId, reason: string): Promise<Approval>;
  /** 持ち出し: as `ask`, for a file that is not a download. Throws APPROVAL_LIMIT, KEEP_FULL. */
  askUpload(
    asker: Omit<Actor, "roles">,
    id: DownloadId,
    awaiting: AwaitingApproval,
    reason: string,
  ): Promise<Approval>;
  /** What was asked for these bytes and is open, or approved and still good: the file kept then matches by its hash. */
  uploadApproval(id: UserId, sha256: string): Approval | undefined;
  /** The page has them: a short while is left for another try. */
  usedUpload(approval: Approval, by: Omit<Actor, "roles">): void;
  /** One's own, newest first. */
  mine(id: UserId): readonly Approval[];
  /** Throws NOT_FOUND unless it is one's own, ILLEGAL_TRANSITION unless it is open. */
  withdraw(asker: Actor, untrustedId: string): Promise<Approval>;
  /** Whether `collect` would hand it out now. Throws as that does. */
  assertCollectable(asker: Pick<Actor, "id">, untrustedId: string): void;
  /** Hands the approved file to who asked. Throws NOT_FOUND, FILE_NOT_RELEASED, FILE_NOT_KEPT. */
  collect(asker: Actor, untrustedId: string): ReleasedFile;
  /** What this person may decide, newest first; decided ones when `all`. */
  inbox(actor: Actor, all: boolean): Inbox;
  /** Throws NOT_FOUND unless this person may decide it or might have. */
  look(actor: Actor, untrustedId: string): Approval;
  /** The kept file, for a look at it before deciding. Throws as `look`, and FILE_NOT_KEPT. */
  content(
    actor: Actor,
    untrustedId: string,
  ): { readonly name: string; readonly sizeBytes: number; readonly bytes: Readable };
  /** Throws NOT_FOUND, APPROVAL_OWN, ILLEGAL_TRANSITION. */
  decide(actor: Actor, untrustedId: string, decision: ApprovalDecision): Promise<Approval>;
  /** Those of this person that are not over. */
  delegations(id: UserId): readonly Delegation[];
  /** Throws DELEGATION_NOT_POSSIBLE. */
  delegate(
    actor: Actor,
    to: { readonly name: string; readonly from: number; readonly until: number },
  ): Delegation;
  /** Throws NOT_FOUND unless it is one's own. */
  endDelegation(actor: Actor, untrustedId: string): void;
  onChange(listener: (approval: Approval) => void): () => void;
}
