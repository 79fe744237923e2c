/** Runs steps one after the other; the first failure ends the set-up. */
import type { SetupContext, Step } from "./context.ts";

export async function runSteps(steps: readonly Step[], context: SetupContext): Promise<void> {
  for (const step of steps) {
    context.signal.throwIfAborted();
    const report = context.report.step(step.name);
    try {
      report.done(await step.run(context, report.progress));
    } catch (error) {
      report.failed();
      throw error;
    }
  }
}
