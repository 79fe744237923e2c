/** A process of its own that asks for an approval, refuses it, and is killed at the step named. */
import { approver, openApprovals } from "./approval-parts.ts";

const [, , dir = "", at = ""] = process.argv;
const parts = await openApprovals(dir, {
  onStep: (step) => {
    if (step === at) process.kill(process.pid, "SIGKILL");
  },
});
const { id } = await parts.ask();
await parts.desk.decide(approver, id, { decision: "refuse", answer: "不要" });
await parts[Symbol.asyncDispose]();
