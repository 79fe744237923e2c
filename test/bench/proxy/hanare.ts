/**
 * Hanare's side of the bench: the session plane as the proxy process runs it, its one session's door on a
 * TCP port instead of a unix socket, because the peer has no other. Records go where they always go, over
 * the channel to the parent. Limits per session are lifted: here one session is the whole town.
 */
import { randomBytes } from "node:crypto";
import { briefStacks } from "../../../proxy/brief-stacks.ts";
import { newInstanceId } from "../../../proxy/context.ts";
import { toProxy } from "../../../proxy/ipc.ts";
import { RecordChannel } from "../../../proxy/record-channel.ts";
import { SessionPlane } from "../../../proxy/session-plane.ts";

briefStacks();
const sessionId = "saaaaaaaaaaaaaaaaaaaa";
const records = new RecordChannel((decisions) => {
  if (process.connected) process.send?.({ type: "decisions", decisions }, () => undefined);
});
const plane = new SessionPlane({
  instanceId: newInstanceId(randomBytes(8)),
  send: (record) => records.add(record),
  limits: {
    connections: 20_000,
    tunnels: 20_000,
    requests: 20_000,
    requestsPerSecond: 1e9,
    requestBurst: 1e9,
    totalConnections: 20_000,
    totalTunnels: 20_000,
    bytesPerSecond: 1e12,
    totalBytesPerSecond: 1e12,
    bytes: 1e15,
  },
});
await plane.open(sessionId, { host: "127.0.0.1", port: Number(process.argv[2]) });
plane.claim(sessionId, "bench", []);
process.on("message", (message) => {
  const parsed = toProxy.parse(message);
  if (parsed.type !== "configure") return;
  plane.configure(parsed);
  process.send?.({ type: "configured", policyVersion: parsed.policy.version });
});
process.on("disconnect", () => process.exit(0));
process.send?.({ type: "ready" });
