/**
 * Counts what a container did against the protocol. One slip costs a connection; the fifth within a
 * minute says that nobody honest is speaking. Pure but for the clock, which is passed in.
 */
const windowMs = 60_000;
export const strikesAllowed = 4;

export class Strikes {
  readonly #now: () => number;
  #at: number[] = [];

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  /** Counts one; true when it is one too many. */
  add(): boolean {
    const now = this.#now();
    this.#at = [...this.#at.filter((each) => now - each < windowMs), now];
    return this.#at.length > strikesAllowed;
  }
}
