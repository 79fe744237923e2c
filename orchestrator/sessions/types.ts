/** Shapes of a session and what other features may ask of the session service. */
import type { SessionId, UserId } from "../base/ids.ts";

/** First one is the closed one. `stuck` needs a person: closing failed and was given up after retries. */
export const sessionStates = [
  "deleted",
  "stuck",
  "closing",
  "creating",
  "ready",
  "active",
] as const;
export type SessionState = (typeof sessionStates)[number];

export const endReasons = [
  "user",
  "viewer-gone",
  "idle",
  "lifetime",
  "administrator",
  "sign-out",
  /** The policy in force no longer gives the person a session. */
  "policy-withdrawn",
  "container-died",
  /** The kernel ended the container because it had used up its memory. */
  "out-of-memory",
  "start-failed",
  /** The container broke the protocol on control.sock again and again. */
  "protocol-violation",
  /** The engine or the kernel held the container less tightly than asked; nobody was given it. */
  "isolation-refused",
  "pool-retired",
  "orphan",
  /** It was open when a backup was taken that has since been restored: when it ended is not known. */
  "unknown",
  "shutdown",
] as const;
export type EndReason = (typeof endReasons)[number];

export interface SessionView {
  readonly id: SessionId;
  readonly state: SessionState;
  readonly ownerId: UserId | null;
  readonly ownerName: string | null;
  readonly terminal: string | null;
  readonly createdAt: string;
  readonly claimedAt: string | null;
  /** When the session ends at the latest. */
  readonly expiresAt: string | null;
  /** How long it may go unused; null before somebody owns it. */
  readonly idleMinutes: number | null;
  readonly endReason: EndReason | null;
  readonly warm: boolean;
}

export interface Person {
  readonly id: UserId;
  readonly name: string;
  readonly groups: readonly string[];
  /** May use the places kept for administrators. */
  readonly administrator?: boolean;
}

export const runtimes = ["runc", "runsc"] as const;
export type Runtime = (typeof runtimes)[number];

/** What the policy says about the sessions of a person's groups. */
export interface SessionRights {
  /** Id of the rule that decided; its sessions are counted together. */
  readonly rule: string;
  /** False: no session at all. */
  readonly session: boolean;
  /** Absent: as configured. */
  readonly runtime?: Runtime | undefined;
  readonly idleMinutes?: number | undefined;
  readonly lifetimeHours?: number | undefined;
  /** Sessions at once under this rule; absent: no limit of its own. */
  readonly maxSessions?: number | undefined;
}

/** Size of the terminal's view in its pixels, and how large it draws pages; the bounds are in http/contract.ts. */
export interface ViewSize {
  readonly width: number;
  readonly height: number;
  readonly scalePct: number;
}

export interface OpenRequest {
  readonly terminal: string;
  /** What the person typed or clicked; absent means the home page. */
  readonly url?: string;
  /** Random text of the asking page: the same key within a minute is the same click. */
  readonly key?: string;
  readonly size?: ViewSize;
}

/**
 * Why a person waits: all places or all memory are taken, the policy's limit for their groups is reached,
 * or a place is theirs and other browsers are just being started.
 */
export const waitReasons = ["full", "quota", "starting"] as const;
export type WaitReason = (typeof waitReasons)[number];

export interface WaitNotice {
  readonly why: WaitReason;
  /** From 1. */
  readonly position: number;
  /** How many wait for the same, this person included. */
  readonly waiting: number;
}

export interface SessionService {
  /**
   * The person's running session, or a new one: from the pool or cold. When there is no place the person
   * waits in line: `onWait` hears at once and on every change; aborting the signal leaves the line.
   */
  open(
    person: Person,
    from: OpenRequest,
    signal: AbortSignal,
    onWait?: (notice: WaitNotice) => void,
  ): Promise<SessionView>;
  find(id: SessionId): SessionView | undefined;
  /** The person's session that is not closing, if any. */
  current(ownerId: UserId): SessionView | undefined;
  /** All that are not deleted, pool included. */
  list(): readonly SessionView[];
  /** Idempotent; resolves when container, directory, sockets and keys are gone. */
  end(id: SessionId, reason: EndReason, message?: string): Promise<void>;
}
