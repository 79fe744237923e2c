/** Deadlines are made once, at the entry of an operation, and passed down as an AbortSignal. */
import { AppError } from "./errors.ts";

/** A signal that aborts with DEADLINE_EXCEEDED after `ms`, or earlier with the parent's reason. */
export function deadline(ms: number, what: string, parent?: AbortSignal): AbortSignal {
  const own = new AbortController();
  const timer = setTimeout(() => own.abort(new AppError("DEADLINE_EXCEEDED", { what, ms })), ms);
  timer.unref();
  return parent ? AbortSignal.any([own.signal, parent]) : own.signal;
}

/** A deadline whose clock stands still while the work waits for somebody else. */
export class WorkClock {
  readonly signal: AbortSignal;
  readonly #own = new AbortController();
  readonly #ms: number;
  readonly #what: string;
  #leftMs: number;
  #startedMs = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(ms: number, what: string, parent: AbortSignal) {
    this.#ms = ms;
    this.#what = what;
    this.#leftMs = ms;
    this.signal = AbortSignal.any([this.#own.signal, parent]);
    this.resume();
  }

  pause(): void {
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#leftMs -= performance.now() - this.#startedMs;
  }

  resume(): void {
    if (this.#timer !== undefined) return;
    this.#startedMs = performance.now();
    const error = new AppError("DEADLINE_EXCEEDED", { what: this.#what, ms: this.#ms });
    this.#timer = setTimeout(() => this.#own.abort(error), Math.max(this.#leftMs, 0));
    this.#timer.unref();
  }
}

/** Rejects when the signal aborts; otherwise settles as `promise` does. The act itself goes on. */
export async function waitFor<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = () => reject(signal.reason as Error);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}
