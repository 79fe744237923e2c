/** Runs a list of steps forward with their undos registered first, or all undos in reverse. */
import { describeError } from "../base/errors.ts";
import type { Log } from "../base/log.ts";
import type { Step } from "./steps.ts";

/** Rethrows the error of the failing step after everything begun is undone. */
export async function runSteps(
  steps: readonly Step[],
  log: Log,
  signal: AbortSignal,
): Promise<void> {
  await using undos = new AsyncDisposableStack();
  for (const step of steps) {
    signal.throwIfAborted();
    undos.defer(() => undoOne(step, log).then(() => undefined));
    await step.act(signal);
  }
  undos.move();
}

/** Undoes all, last first, whatever fails on the way; returns the names of the undos that failed. */
export async function undoSteps(steps: readonly Step[], log: Log): Promise<readonly string[]> {
  const failed: string[] = [];
  for (const step of steps.toReversed()) if (!(await undoOne(step, log))) failed.push(step.name);
  return failed;
}

async function undoOne(step: Step, log: Log): Promise<boolean> {
  try {
    await step.undo();
    return true;
  } catch (error) {
    log.error({ event: "undo-failed", step: step.name, reason: describeError(error) });
    return false;
  }
}
