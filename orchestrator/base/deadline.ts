/** Deadlines are made once, at the entry of an operation, and passed down as an AbortSignal. */
import { AppError } from "./errors.ts";

/** A signal that aborts with DEADLINE_EXCEEDED after `ms`, or earlier with the parent's reason. */
export function deadline(ms: number, what: string, parent?: AbortSignal): AbortSignal {
  const own = new AbortController();
  const timer = setTimeout(() => own.abort(new AppError("DEADLINE_EXCEEDED", { what, ms })), ms);
  timer.unref();
  return parent ? AbortSignal.any([own.signal, parent]) : own.signal;
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
