/** A process of its own that publishes and is killed at the step named: nothing is undone, nothing closed. */
import { startDesk } from "./desk-harness.ts";
import { publication } from "./publication.ts";

const [, , data = "", at = ""] = process.argv;
const running = await startDesk(data, (step) => {
  if (step === at) process.kill(process.pid, "SIGKILL");
});
await running.service.publish(publication);
await running[Symbol.asyncDispose]();
