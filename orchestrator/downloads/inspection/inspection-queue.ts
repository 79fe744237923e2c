/** Whose file is inspected next: each session's files wait among themselves first, then among all. */
import type { SessionId } from "../../base/ids.ts";
import { Turnstile } from "./turnstile.ts";

export class InspectionQueue {
  readonly #parallel: number;
  readonly #all: Turnstile;
  /** In front of the common one, so that one session's many files never keep others waiting. */
  readonly #own = new Map<SessionId, Turnstile>();

  constructor(parallel: number) {
    this.#parallel = parallel;
    this.#all = new Turnstile(parallel);
  }

  /** Rejects with the signal's reason when it aborts before the turn came. */
  run<T>(sessionId: SessionId, signal: AbortSignal, task: () => Promise<T>): Promise<T> {
    const own = this.#own.get(sessionId) ?? new Turnstile(this.#parallel);
    this.#own.set(sessionId, own);
    return own.run(signal, () => this.#all.run(signal, task));
  }

  forget(sessionId: SessionId): void {
    this.#own.delete(sessionId);
  }
}
