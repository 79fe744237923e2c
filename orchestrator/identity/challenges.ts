/** Questions that were put to an authenticator and wait for their answer. Each is good once, and not for long. */
const longestMs = 5 * 60_000;
/** Options are asked for by strangers too: past this many the oldest are forgotten. */
const most = 10_000;

export class Challenges {
  readonly #waiting = new Map<string, { readonly challenge: string; readonly untilMs: number }>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Whoever asks again has the newer question only. */
  put(key: string, challenge: string): void {
    this.#waiting.delete(key);
    this.#waiting.set(key, { challenge, untilMs: this.#now() + longestMs });
    if (this.#waiting.size <= most) return;
    const oldest = this.#waiting.keys().next();
    if (oldest.done !== true) this.#waiting.delete(oldest.value);
  }

  take(key: string): string | undefined {
    const found = this.#waiting.get(key);
    this.#waiting.delete(key);
    return found !== undefined && found.untilMs > this.#now() ? found.challenge : undefined;
  }
}
