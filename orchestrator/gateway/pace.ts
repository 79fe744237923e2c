/**
 * How much the viewers of one session may say: far more than hands and an honest page do, and little enough for a
 * program in their place to keep nobody else waiting. Counts what is said, not the time it takes here: on a machine that
 * is busy with others an honest viewer must not be the one who waits. Clock injected.
 */
export const pace = { perSecond: 1000, atOnce: 4000 } as const;
/** A pasted text counts as many messages as it would fill. */
const bytesPerUnit = 2048;

export class Pace {
  #owed = 0;
  #settledAt: number;
  readonly #now: () => number;

  /** @param now milliseconds of a clock that nobody sets */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
    this.#settledAt = now();
  }

  /** One more message of so many bytes was heard; for how many milliseconds none should be from now on. */
  heard(bytes: number): number {
    const now = this.#now();
    this.#owed = Math.max(0, this.#owed - ((now - this.#settledAt) / 1000) * pace.perSecond);
    this.#settledAt = now;
    this.#owed += 1 + bytes / bytesPerUnit;
    return (Math.max(0, this.#owed - pace.atOnce) / pace.perSecond) * 1000;
  }
}
