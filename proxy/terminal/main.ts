/**
 * The terminal plane's own process: business terminals cannot slow down or bring down the proxy that
 * sessions depend on. Like that one it has no engine, no database and no file but list snapshots; what it knows comes over
 * the IPC channel, and when the channel closes, it ends.
 *
 *   node proxy/terminal/main.ts [--uid N] [--limits JSON]     as root: drops to uid and gid N before it takes any message
 */
import { randomBytes } from "node:crypto";
import { parseArgs } from "node:util";
import { briefStacks } from "../brief-stacks.ts";
import { configurer } from "../configure.ts";
import { newInstanceId } from "../context.ts";
import { dropPrivileges } from "../drop-privileges.ts";
import { endInOrder } from "../end-in-order.ts";
import { limitsFrom } from "../limits.ts";
import { RecordChannel } from "../record-channel.ts";
import { type FromTerminalPlane, type ToTerminalPlane, toTerminalPlane } from "./ipc.ts";
import { terminalLimits } from "./limits.ts";
import { TerminalPlane } from "./terminal-plane.ts";

const { values } = parseArgs({ options: { uid: { type: "string" }, limits: { type: "string" } } });
dropPrivileges(values.uid);
briefStacks();

/** Twice in what Prometheus usually leaves between two looks. */
const metricsEveryMs = 5_000;
const records = new RecordChannel((decisions) => send({ type: "decisions", decisions }));
const plane = new TerminalPlane({
  instanceId: newInstanceId(randomBytes(8)),
  send: (record) => records.add(record),
  limits: limitsFrom(values.limits, terminalLimits),
});

const configure = configurer(plane, send);

const metricsMessage = (): FromTerminalPlane => ({ type: "metrics", metrics: plane.metrics() });
setInterval(() => send(metricsMessage()), metricsEveryMs);

process.on("disconnect", () => process.exit(0));
// The orchestrator decides when this process ends; Ctrl+C in a terminal reaches the whole group.
process.on("SIGINT", () => undefined);
process.on("SIGTERM", () => endInOrder(plane, records, metricsMessage));
process.on("message", (untrusted: unknown) => void receive(toTerminalPlane.parse(untrusted)));
send({ type: "ready" });

function send(message: FromTerminalPlane): void {
  // The channel may break at any moment; `disconnect` follows and ends this process.
  if (process.connected) process.send?.(message, () => undefined);
}

async function receive(message: ToTerminalPlane): Promise<void> {
  switch (message.type) {
    case "configure":
      await configure(message);
      return;
    case "listen":
      try {
        send({ type: "listening", port: await plane.listen(message.settings) });
      } catch (error) {
        const code = error instanceof Error && "code" in error ? String(error.code) : String(error);
        send({ type: "listen-failed", reason: code.slice(0, 200) });
      }
      return;
  }
}
