/**
 * One at a time per key. Sign-ins of one terminal, and of one account, take turns, so that a burst of
 * parallel guesses cannot all pass the throttle before the first of them has been counted.
 */
import { Mutex } from "../base/mutex.ts";

export class Turns {
  readonly #lanes = new Map<string, { readonly mutex: Mutex; users: number }>();

  /** In all of these lanes at once, entered one after the other. */
  runAll<T>(keys: readonly string[], work: () => Promise<T>): Promise<T> {
    const [first, ...others] = keys;
    return first === undefined ? work() : this.run(first, () => this.runAll(others, work));
  }

  async run<T>(key: string, work: () => Promise<T>): Promise<T> {
    const lane = this.#lanes.get(key) ?? { mutex: new Mutex(), users: 0 };
    this.#lanes.set(key, lane);
    lane.users += 1;
    try {
      return await lane.mutex.run(work);
    } finally {
      lane.users -= 1;
      if (lane.users === 0) this.#lanes.delete(key);
    }
  }
}
