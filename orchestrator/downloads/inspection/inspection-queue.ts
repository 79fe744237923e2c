/** Whose file is inspected next: each session's files wait among themselves first, then among all. */
import { Turnstile } from "./turnstile.ts";

export class InspectionQueue {
  readonly #parallel: number;
  readonly #all: Turnstile;
  /** In front of the common one, so that one session's many files never keep others waiting. */
  readonly #own = new Map<string, Turnstile>();

  constructor(parallel: number) {
    this.#parallel = parallel;
    this.#all = new Turnstile(parallel);
  }

  /**
   * Rejects with the signal's reason when it aborts before the turn came.
   * @param whose a session's id, or another word for who waits among themselves
   */
  async run<T>(whose: string, signal: AbortSignal, task: () => Promise<T>): Promise<T> {
    const own = this.#own.get(whose) ?? new Turnstile(this.#parallel);
    this.#own.set(whose, own);
    try {
      return await own.run(signal, () => this.#all.run(signal, task));
    } finally {
      if (own.isIdle) this.#own.delete(whose);
    }
  }

  /** How many have something waiting or at work. */
  get size(): number {
    return this.#own.size;
  }
}
