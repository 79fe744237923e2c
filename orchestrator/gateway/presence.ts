/**
 * Who is watching, and when a session ends because nobody is: the grace time after the last viewer
 * left, the idle time with its warning, the absolute lifetime. One timer a second serves all sessions.
 */
import type { SessionId } from "../base/ids.ts";
import type { Config } from "../config/schema.ts";
import type { EndReason, SessionView } from "../sessions/types.ts";

export interface PresenceActions {
  end(id: SessionId, reason: EndReason): void;
  warn(id: SessionId, secondsLeft: number): void;
}

interface Presence {
  viewers: number;
  /** When the last viewer left; a claimed session starts without one. */
  aloneSince: number | undefined;
  activeAt: number;
  expiresAt: number;
  warned: boolean;
}

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

  claimed(view: SessionView): void {
    this.#sessions.set(view.id, {
      viewers: 0,
      aloneSince: this.#now(),
      activeAt: this.#now(),
      expiresAt: view.expiresAt === null ? Number.POSITIVE_INFINITY : Date.parse(view.expiresAt),
      warned: false,
    });
  }

  ended(id: SessionId): void {
    this.#sessions.delete(id);
  }

  joined(id: SessionId): void {
    const presence = this.#sessions.get(id);
    if (!presence) return;
    presence.viewers += 1;
    presence.aloneSince = undefined;
    presence.activeAt = this.#now();
  }

  left(id: SessionId): void {
    const presence = this.#sessions.get(id);
    if (!presence) return;
    presence.viewers = Math.max(0, presence.viewers - 1);
    if (presence.viewers === 0) presence.aloneSince = this.#now();
  }

  active(id: SessionId): void {
    const presence = this.#sessions.get(id);
    if (!presence) return;
    presence.activeAt = this.#now();
    presence.warned = false;
  }

  tick(): void {
    for (const [id, presence] of this.#sessions) {
      const reason = this.#endOf(presence);
      if (reason) {
        this.#sessions.delete(id);
        this.#actions.end(id, reason);
      } else {
        this.#warn(id, presence);
      }
    }
  }

  #endOf(presence: Presence): EndReason | undefined {
    const now = this.#now();
    if (now >= presence.expiresAt) return "lifetime";
    if (presence.aloneSince !== undefined && now - presence.aloneSince >= this.#limits.graceSeconds * 1000) return "viewer-gone";
    if (now - presence.activeAt >= this.#limits.idleMinutes * 60_000) return "idle";
    return undefined;
  }

  #warn(id: SessionId, presence: Presence): void {
    const idleEnd = presence.activeAt + this.#limits.idleMinutes * 60_000;
    const secondsLeft = Math.ceil((idleEnd - this.#now()) / 1000);
    if (presence.warned || secondsLeft > this.#limits.idleWarningSeconds) return;
    presence.warned = true;
    this.#actions.warn(id, secondsLeft);
  }
}
