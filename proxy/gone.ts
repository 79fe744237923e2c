/**
 * That a client has gone, for whatever waits on its behalf. The signal is made when somebody asks for it:
 * most requests wait for nobody, and a signal that nobody hears is not free.
 */
export class Gone {
  #controller: AbortController | undefined;
  #isGone = false;

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#isGone) this.#controller.abort();
    return this.#controller.signal;
  }

  /** Idempotent. */
  leave(): void {
    this.#isGone = true;
    this.#controller?.abort();
  }
}

/** What is given to those who may have to wait: an `AbortController` is one as well. */
export interface Waiting {
  readonly signal: AbortSignal;
}
