/** Lets `places` tasks through at once; the others wait in order of arrival, or leave the queue. */
export class Turnstile {
  readonly #places: number;
  #free: number;
  readonly #queue = new Set<() => void>();

  constructor(places: number) {
    this.#places = places;
    this.#free = places;
  }

  get isIdle(): boolean {
    return this.#free === this.#places && this.#queue.size === 0;
  }

  /** Rejects with the signal's reason when it aborts before there was a place. */
  async run<T>(signal: AbortSignal, task: () => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    if (this.#free > 0) this.#free -= 1;
    else await this.#wait(signal);
    try {
      return await task();
    } finally {
      this.#leave();
    }
  }

  async #wait(signal: AbortSignal): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    const admit = () => resolve(undefined);
    const onAbort = () => {
      this.#queue.delete(admit);
      reject(signal.reason as Error);
    };
    this.#queue.add(admit);
    signal.addEventListener("abort", onAbort, { once: true });
    try {
      await promise;
    } finally {
      signal.removeEventListener("abort", onAbort);
    }
  }

  #leave(): void {
    const [next] = this.#queue;
    if (next === undefined) {
      this.#free += 1;
      return;
    }
    this.#queue.delete(next);
    next();
  }
}
