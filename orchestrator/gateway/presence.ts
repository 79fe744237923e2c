/**
 * Who is watching, and when a session ends because nobody is: the grace time after the last viewer
 * left, the idle time and the absolute lifetime, each with its warning. One timer serves all sessions.
 */
import type { SessionId } from "../base/ids.ts";
import type { Config } from "../config/schema.ts";
import type { EndReason, SessionView } from "../sessions/types.ts";

export type Warning = "idle" | "lifetime";

export interface PresenceActions {
  end(id: SessionId, reason: EndReason): void;
  warn(id: SessionId, what: Warning, secondsLeft: number): void;
}

interface Presence {
  viewers: number;
  /** When the session ends for want of a viewer; undefined while somebody watches. */
  aloneUntil: number | undefined;
  activeAt: number;
  readonly idleMs: number;
  readonly expiresAt: number;
  /** Asked to end; asked again when it is still there then. */
  endsAgainAt: number;
  /** What those who watch now have been told. */
  readonly warned: Set<Warning>;
}

/** An end that could not be written down (disk full) is tried again after so long. */
const endAgainMs = 10_000;

export class PresenceClock {
  readonly #limits: Config["sessions"];
  readonly #actions: PresenceActions;
  readonly #now: () => number;
  readonly #sessions = new Map<SessionId, Presence>();

  constructor(limits: Config["sessions"], actions: PresenceActions, now: () => number = Date.now) {
    this.#limits = limits;
    this.#actions = actions;
    this.#now = now;
  }

  /** Starts the clocks; for a session that was taken over, too: whoever watched it must come back. */
  claimed(view: SessionView): void {
    this.#sessions.set(view.id, {
      viewers: 0,
      aloneUntil: this.#now() + this.#limits.graceSeconds * 1000,
      activeAt: this.#now(),
      idleMs: (view.idleMinutes ?? this.#limits.idleMinutes) * 60_000,
      expiresAt: view.expiresAt === null ? Number.POSITIVE_INFINITY : Date.parse(view.expiresAt),
      endsAgainAt: 0,
      warned: new Set(),
    });
  }

  ended(id: SessionId): void {
    this.#sessions.delete(id);
  }

  joined(id: SessionId): void {
    const presence = this.#sessions.get(id);
    if (!presence) return;
    presence.viewers += 1;
    presence.aloneUntil = undefined;
    presence.activeAt = this.#now();
    // A page that was reloaded knows of no warning.
    presence.warned.clear();
  }

  /** `closed`: the page was closed or reloaded; otherwise the connection was lost. */
  left(id: SessionId, how: "closed" | "lost"): void {
    const presence = this.#sessions.get(id);
    if (!presence) return;
    presence.viewers = Math.max(0, presence.viewers - 1);
    if (presence.viewers > 0) return;
    const seconds =
      how === "closed" ? this.#limits.closedTabGraceSeconds : this.#limits.graceSeconds;
    presence.aloneUntil = this.#now() + seconds * 1000;
  }

  active(id: SessionId): void {
    const presence = this.#sessions.get(id);
    if (!presence) return;
    presence.activeAt = this.#now();
    presence.warned.delete("idle");
  }

  tick(): void {
    for (const [id, presence] of this.#sessions) {
      const reason = this.#endOf(presence);
      if (reason) this.#end(id, presence, reason);
      else this.#warn(id, presence);
    }
  }

  /** Known until it has ended: nobody else would come back to it. */
  #end(id: SessionId, presence: Presence, reason: EndReason): void {
    if (this.#now() < presence.endsAgainAt) return;
    presence.endsAgainAt = this.#now() + endAgainMs;
    this.#actions.end(id, reason);
  }

  #endOf(presence: Presence): EndReason | undefined {
    const now = this.#now();
    if (now >= presence.expiresAt) return "lifetime";
    if (presence.aloneUntil !== undefined && now >= presence.aloneUntil) return "viewer-gone";
    if (now - presence.activeAt >= presence.idleMs) return "idle";
    return undefined;
  }

  #warn(id: SessionId, presence: Presence): void {
    const { idleWarningSeconds, lifetimeWarningSeconds } = this.#limits;
    const idleEnd = presence.activeAt + presence.idleMs;
    this.#warnOnce(id, presence, "idle", idleEnd, idleWarningSeconds);
    this.#warnOnce(id, presence, "lifetime", presence.expiresAt, lifetimeWarningSeconds);
  }

  #warnOnce(
    id: SessionId,
    { warned }: Presence,
    what: Warning,
    endAt: number,
    fromSeconds: number,
  ): void {
    const secondsLeft = Math.ceil((endAt - this.#now()) / 1000);
    if (warned.has(what) || secondsLeft > fromSeconds) return;
    warned.add(what);
    this.#actions.warn(id, what, secondsLeft);
  }
}
