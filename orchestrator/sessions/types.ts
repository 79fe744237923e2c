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
}

export interface SessionService {
  /** Claims a warm session or creates one; the person's running session is returned when there is one. */
  open(
    person: Person,
    from: { readonly terminal: string; readonly url?: string },
    signal: AbortSignal,
  ): Promise<SessionView>;
  find(id: SessionId): SessionView | undefined;
  /** The person's session that is not closing, if any. */
  current(ownerId: UserId): SessionView | undefined;
  /** All that are not deleted, pool included. */
  list(): readonly SessionView[];
  /** Idempotent; resolves when container, directory, sockets and keys are gone. */
  end(id: SessionId, reason: EndReason, message?: string): Promise<void>;
}
