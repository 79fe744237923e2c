/**
 * Counts failed attempts per key (guard.ts names them) and pauses a key that fails too often. In memory: a restart forgets, which costs an attacker more than it gives. Clock injected.
 * A paused key is refused unheard, and being refused does not lengthen the pause.
 */
export interface ThrottleSettings {
  readonly failuresBeforePause: number;
  readonly pauseSeconds: number;
}

interface Tally {
  failures: number;
  /** Failures count towards one pause only when they lie within one pause's length of the last one. */
  lastFailureMs: number;
}

/** Names are typed by strangers: past this many keys the oldest are forgotten. */
const mostKeys = 50_000;

export class Throttle {
  readonly #tallies = new Map<string, Tally>();
  readonly #settings: ThrottleSettings;
  readonly #now: () => number;

  constructor(settings: ThrottleSettings, now: () => number) {
    this.#settings = settings;
    this.#now = now;
  }

  /** Whole seconds until the key is heard again; 0 when it is now. `patience` multiplies the failures allowed. */
  secondsLeft(key: string, patience = 1): number {
    const tally = this.#current(key);
    if (!tally || tally.failures < this.#settings.failuresBeforePause * patience) return 0;
    return Math.max(1, Math.ceil((tally.lastFailureMs + this.#pauseMs - this.#now()) / 1000));
  }

  fail(key: string): void {
    const failures = (this.#current(key)?.failures ?? 0) + 1;
    // Deleting first moves the key to the end: the map's first key is always the one that failed longest ago.
    this.#tallies.delete(key);
    this.#tallies.set(key, { failures, lastFailureMs: this.#now() });
    if (this.#tallies.size > mostKeys) {
      const oldest = this.#tallies.keys().next();
      if (oldest.done !== true) this.#tallies.delete(oldest.value);
    }
  }

  forget(key: string): void {
    this.#tallies.delete(key);
  }

  get #pauseMs(): number {
    return this.#settings.pauseSeconds * 1000;
  }

  #current(key: string): Tally | undefined {
    const tally = this.#tallies.get(key);
    if (tally && this.#now() - tally.lastFailureMs >= this.#pauseMs) {
      this.#tallies.delete(key);
      return undefined;
    }
    return tally;
  }
}
