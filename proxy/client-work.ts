/**
 * What the listeners of both planes do around the work of one client: carry out a tunnel or a handshake and
 * count it, put refusals on record that belong to no request, and end the process when something of ours
 * broke.
 */
import type { Socket } from "node:net";
import type { ConnectionOwner } from "./client-connection.ts";
import type { ProxyContext, SessionState } from "./context.ts";
import type { OpenRecord } from "./decision.ts";
import { openRecord } from "./open-record.ts";
import type { OriginPool } from "./origin-pool.ts";
import { endWithPage } from "./raw-response.ts";
import { type Refusal, refuse } from "./refusal.ts";
import { type PlainTunnel, Tunnel } from "./tunnel.ts";
import { websocket } from "./websocket.ts";

/** @param toPlain takes a tunnel to a plain port whose 200 is out */
export function ownerFor(
  context: ProxyContext,
  client: SessionState,
  pool: OriginPool,
  toPlain: (socket: Socket, plain: PlainTunnel) => void,
  gone: ConnectionOwner["gone"],
): ConnectionOwner {
  return {
    context,
    client,
    pool,
    connect: (head, connection) => {
      const { socket } = connection;
      client.tunnels += 1;
      client.requests += 1;
      context.totals.tunnels += 1;
      const tunnel = new Tunnel(context, client, head, connection, {
        toPlain,
        over: () => {
          client.requests -= 1;
        },
        gone: () => {
          client.tunnels -= 1;
          context.totals.tunnels -= 1;
        },
        broken: (error) => broken(error, socket),
      });
      connection.lend(tunnel);
      tunnel.begin();
    },
    upgrade: (head, socket, early) =>
      carryOut(client, socket, websocket(context, client, head, socket, early)),
    fault: (refusal, socket) => {
      const record = recordOnly(context, client, refusal);
      endWithPage(socket, { refusal, host: "", at: record.at, requestId: record.id });
    },
    broken,
    gone,
  };
}

export function carryOut(client: SessionState, socket: Socket, work: Promise<void>): void {
  client.requests += 1;
  work.catch((error: unknown) => broken(error, socket)).finally(() => (client.requests -= 1));
}

/** A refusal of what is no request (yet). A flood of them leaves one record a second. */
export function recordOnly(
  context: ProxyContext,
  client: SessionState,
  refusal: Refusal,
): OpenRecord {
  const record = openRecord(context, client, { method: "?", target: "" }, "unknown");
  const now = performance.now();
  if (client.rate.take(now) || client.rate.mayReport(now)) record.refuse(refusal);
  else context.metrics.unrecorded(refusal);
  return record;
}

/** A connection too many. They come by the thousand: one record a second. */
export function recordFull(
  context: ProxyContext,
  client: SessionState,
  limit: "connections" | "total-connections",
): void {
  const refusal = refuse("guard.limit", limit);
  if (client.rate.mayReport(performance.now()))
    openRecord(context, client, { method: "?", target: "" }, "unknown").refuse(refusal);
  else context.metrics.unrecorded(refusal);
}

/**
 * Whatever went wrong in ours, the client gets nothing. The process then ends with the error's stack,
 * because a proxy with a bug in its state is not one to trust with the next request.
 */
function broken(error: unknown, socket: Socket): void {
  socket.destroy();
  setImmediate(() => {
    throw error;
  });
}
