/**
 * The egress proxy's own process. Started by the orchestrator with an IPC channel, which is its only
 * source of configuration and the only place its records go; when the channel closes, it ends. Holds no
 * secrets, opens no file but the list snapshots it is told of, knows no engine.
 *
 *   node proxy/main.ts [--uid N] [--signer PATH] [--limits JSON]
 *     --uid     as root: drops to uid and gid N before it takes any message
 *     --signer  socket where certificates for refused https hosts are signed
 *     --limits  what is not to be as in limits.ts
 */
import { randomBytes } from "node:crypto";
import { parseArgs } from "node:util";
import { describeError } from "../orchestrator/base/errors.ts";
import { Mutex } from "../orchestrator/base/mutex.ts";
import { briefStacks } from "./brief-stacks.ts";
import { configurer } from "./configure.ts";
import { newInstanceId } from "./context.ts";
import { dropPrivileges } from "./drop-privileges.ts";
import { endInOrder } from "./end-in-order.ts";
import { type FromProxy, type ToProxy, toProxy } from "./ipc.ts";
import { defaultLimits, limitsFrom } from "./limits.ts";
import { RecordChannel } from "./record-channel.ts";
import { SessionPlane } from "./session-plane.ts";

const { values } = parseArgs({
  options: { uid: { type: "string" }, signer: { type: "string" }, limits: { type: "string" } },
});
dropPrivileges(values.uid);
briefStacks();
// Sockets are for the owner and the directory's group, which is the session's container.
process.umask(0o007);

/** Twice in what Prometheus usually leaves between two looks. */
const metricsEveryMs = 5_000;
const records = new RecordChannel((decisions) => send({ type: "decisions", decisions }));
const plane = new SessionPlane({
  instanceId: newInstanceId(randomBytes(8)),
  send: (record) => records.add(record),
  signerSocket: values.signer,
  limits: limitsFrom(values.limits, defaultLimits),
});

/** Opening, claiming and closing happen in the order in which they were asked for. */
const sessions = new Mutex();
const configure = configurer(plane, send);

const metricsMessage = (): FromProxy => ({ type: "metrics", metrics: plane.metrics() });
setInterval(() => send(metricsMessage()), metricsEveryMs);

process.on("disconnect", () => process.exit(0));
// The orchestrator decides when this process ends; Ctrl+C in a terminal reaches the whole group.
process.on("SIGINT", () => undefined);
process.on("SIGTERM", () => endInOrder(plane, records, metricsMessage));
process.on("message", (untrusted: unknown) => void receive(toProxy.parse(untrusted)));
send({ type: "ready" });

function send(message: FromProxy): void {
  // The channel may break at any moment; `disconnect` follows and ends this process.
  if (process.connected) process.send?.(message, () => undefined);
}

async function receive(message: ToProxy): Promise<void> {
  if (message.type === "configure") {
    await configure(message);
    return;
  }
  const { request } = message;
  try {
    await sessions.run(() => act(message));
    send({ type: "done", request });
  } catch (error) {
    send({ type: "done", request, error: describeError(error).slice(0, 300) });
  }
}

async function act(message: Exclude<ToProxy, { type: "configure" }>): Promise<void> {
  switch (message.type) {
    case "session-open":
      await plane.open(message.sessionId, { path: message.socketPath });
      return;
    case "session-claim":
      plane.claim(message.sessionId, message.user, message.groups);
      return;
    case "session-close":
      await plane.close(message.sessionId);
      // Whoever closes a session counts on having its records.
      records.flush();
      return;
  }
}
