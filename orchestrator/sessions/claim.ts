/**
 * Binds a container that nobody used to one person: record, door, display and first address. It is claimed
 * once; one that does not answer at this moment is ended, and the caller takes another. Whoever has a
 * session stands in the audit log as having it: both are kept, or neither.
 */
import type { AuditLog } from "../audit/events.ts";
import { deadline } from "../base/deadline.ts";
import { AppError, describeError } from "../base/errors.ts";
import type { SessionId } from "../base/ids.ts";
import type { How } from "./figures.ts";
import type { SessionParts } from "./steps.ts";
import type { SessionStore } from "./store.ts";
import type {
  EndReason,
  OpenRequest,
  Person,
  Runtime,
  SessionRights,
  SessionView,
} from "./types.ts";

export interface ClaimParts extends SessionParts {
  readonly store: SessionStore;
  readonly audit: AuditLog;
  readonly homepage: () => string;
  readonly resolveAddress: (typed: string) => string;
}

export interface Claimed {
  readonly person: Person;
  readonly from: OpenRequest;
  readonly rights: SessionRights;
  readonly runtime: Runtime;
  readonly how: How;
  /** Moments, as performance.now() gives them: asked, and let in. */
  readonly askedAt: number;
  readonly enteredAt: number;
}

/**
 * A living agent answers within a few milliseconds, also while its browser is at work. For one that waited,
 * another can be taken soon; for one that was just made there is none, and a machine whose disk is busy may
 * hold it up.
 */
const answerMs: Readonly<Record<How, number>> = { pooled: 1000, cold: 10_000 };

/** Undefined when the container was taken or dead; then it is ended. Throws when the door does not open. */
export async function claim(
  parts: ClaimParts,
  end: (id: SessionId, reason: EndReason) => Promise<void>,
  id: SessionId,
  claimed: Claimed,
  signal: AbortSignal,
): Promise<SessionView | undefined> {
  const link = parts.links.get(id);
  if (link?.connected !== true) {
    await end(id, "container-died");
    return undefined;
  }
  const { person, from } = claimed;
  // Resolved first: an address that cannot be read must not cost a container.
  const url = from.url === undefined ? parts.homepage() : parts.resolveAddress(from.url);
  try {
    if (!bind(parts, id, claimed)) return undefined;
  } catch (error) {
    // Nobody has it and nobody may: it is in no pool any more.
    await end(id, "start-failed");
    throw error;
  }
  if (from.size) link.send({ type: "resize", ...from.size });
  const who = { user: person.name, groups: person.groups };
  const [answer, door] = await Promise.allSettled([
    link.ping(deadline(answerMs[claimed.how], "container's answer", signal)),
    // Under way as soon as it is let out: its person has it only when it answers, too.
    parts.door.claim(id, who, signal).then(() => link.send({ type: "navigate", url })),
  ]);
  if (door.status === "rejected") {
    await end(id, "start-failed");
    throw new AppError("SESSION_START_FAILED", { session: id }, door.reason);
  }
  if (answer.status === "rejected") {
    await end(id, "start-failed");
    signal.throwIfAborted();
    parts.log.warn({
      event: "session-claim",
      outcome: "failure",
      sessionId: id,
      reason: describeError(answer.reason),
    });
    return undefined;
  }
  return parts.store.get(id);
}

/** False when it is not there to be claimed. Throws when the record of it cannot be kept. */
function bind(
  { store, audit, limits }: ClaimParts,
  id: SessionId,
  { person, from, rights, runtime, how, askedAt, enteredAt }: Claimed,
): boolean {
  const { lifetimeHours = limits.lifetimeHours, idleMinutes = limits.idleMinutes } = rights;
  const expiresAt = new Date(Date.now() + lifetimeHours * 3_600_000);
  return store.atomically(() => {
    if (!store.claim(id, { person, terminal: from.terminal, expiresAt, idleMinutes })) return false;
    audit.write({
      action: "session-start",
      outcome: "success",
      userId: person.id,
      userName: person.name,
      terminal: from.terminal,
      sessionId: id,
      details: {
        warm: how === "pooled",
        durationMs: Math.round(performance.now() - askedAt),
        waitedMs: Math.round(enteredAt - askedAt),
        runtime,
        rights: rights.rule,
      },
    });
    return true;
  });
}
