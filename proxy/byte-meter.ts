/**
 * How many bytes one client may move. Counts them, and says how long to leave off reading once more came
 * than its share: what is slowed down piles up at the sender, not here. Pure but for the clock it is given.
 */
export interface ByteLimits {
  readonly bytesPerSecond: number;
  /** Over the client's whole life. */
  readonly bytes: number;
}

/** A share may be used up in one go for this part of a second. */
const burstSeconds = 0.25;
/** Debts are small, a read of each tunnel; this is for a rate that is set absurdly low. */
const longestWaitMs = 30_000;

class Bucket {
  readonly #perMs: number;
  readonly #burst: number;
  #left: number;
  #at: number;

  constructor(perSecond: number, now: number) {
    this.#perMs = perSecond / 1000;
    this.#burst = perSecond * burstSeconds;
    this.#left = this.#burst;
    this.#at = now;
  }

  /** Milliseconds until the debt is paid; the clock is read only when there may be one. */
  take(bytes: number, now: () => number): number {
    this.#left -= bytes;
    if (this.#left >= 0) return 0;
    const at = now();
    const gained = Math.max(0, at - this.#at) * this.#perMs;
    this.#left = Math.min(this.#burst, this.#left + gained);
    this.#at = at;
    return this.#left >= 0 ? 0 : Math.min(longestWaitMs, Math.ceil(-this.#left / this.#perMs));
  }

  get isBusy(): boolean {
    return this.#left < this.#burst / 2;
  }
}

/** All clients together. */
export class TotalMeter {
  readonly #bucket: Bucket;

  constructor(bytesPerSecond: number, now: number) {
    this.#bucket = new Bucket(bytesPerSecond, now);
  }

  take(bytes: number, now: () => number): number {
    return this.#bucket.take(bytes, now);
  }
}

export class ByteMeter {
  readonly #bucket: Bucket;
  readonly #limit: number;
  readonly #total: TotalMeter;
  readonly #now: () => number;
  #moved = 0;

  constructor(limits: ByteLimits, total: TotalMeter, now = () => performance.now()) {
    this.#bucket = new Bucket(limits.bytesPerSecond, now());
    this.#limit = limits.bytes;
    this.#total = total;
    this.#now = now;
  }

  /** Nothing more is to be begun, and what runs is to end. */
  get isSpent(): boolean {
    return this.#moved > this.#limit;
  }

  /** @returns milliseconds after which to read on; 0 is at once */
  take(bytes: number): number {
    this.#moved += bytes;
    const own = this.#bucket.take(bytes, this.#now);
    const all = this.#total.take(bytes, this.#now);
    // Who has moved little lately does not wait for what others have moved.
    return all > own && this.#bucket.isBusy ? all : own;
  }
}
