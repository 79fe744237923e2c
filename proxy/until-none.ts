/**
 * Waits for the requests that a closed door has cut: each is on record once both of its sockets are closed, which
 * comes a moment after the cut.
 */
import { setTimeout as wait } from "node:timers/promises";

const lookEveryMs = 5;
/** A server that takes no bytes is not waited for: its tunnel ends later, or with the process. */
const mostMs = 1_000;

/** @param open how many there are at the moment */
export async function untilNone(open: () => number): Promise<void> {
  const until = performance.now() + mostMs;
  while (open() > 0 && performance.now() < until) await wait(lookEveryMs);
}
