/**
 * The door of one session: a listener on a unix socket. The socket is the identity; nothing that a client
 * says can change whose requests these are. Owns every connection that came through it: closing the door
 * cuts them all. Judges nothing itself.
 */
import { lstat, unlink } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { ByteMeter } from "./byte-meter.ts";
import { ClientConnection, type ConnectionOwner } from "./client-connection.ts";
import { carryOut, ownerFor, recordFull } from "./client-work.ts";
import type { ProxyContext, SessionState } from "./context.ts";
import { type ProxyLimits, RateGate } from "./limits.ts";
import { OriginPool } from "./origin-pool.ts";
import { endWithPage } from "./raw-response.ts";
import { refuse } from "./refusal.ts";
import { Roster } from "./roster.ts";
import type { PlainTunnel } from "./tunnel.ts";
import { untilNone } from "./until-none.ts";
import { websocket } from "./websocket.ts";

/** Where a session comes in: its own unix socket; a port is for measuring beside proxies that know no other. */
export type Door =
  | { readonly path: string }
  | { readonly host: "127.0.0.1"; readonly port: number };

/** Waiting connections that the kernel holds while we are busy. */
const backlog = 1024;

export class SessionListener implements AsyncDisposable {
  readonly state: SessionState;
  readonly door: Door;
  readonly #context: ProxyContext;
  readonly #server: Server;
  readonly #connections = new Roster<ClientConnection>();
  readonly #pool = new OriginPool();
  readonly #owner: ConnectionOwner;
  #sweeping: NodeJS.Timeout | undefined;

  constructor(context: ProxyContext, sessionId: string, door: Door) {
    const { limits } = context;
    this.#context = context;
    this.door = door;
    this.state = {
      id: sessionId,
      person: undefined,
      rate: new RateGate(limits.requestsPerSecond, limits.requestBurst, performance.now()),
      meter: new ByteMeter(limits, context.totals.meter),
      requests: 0,
      tunnels: 0,
    };
    this.#owner = ownerFor(
      context,
      this.state,
      this.#pool,
      (socket, plain) => this.#enter(socket, plain),
      (connection) => {
        context.totals.connections -= 1;
        this.#connections.delete(connection);
      },
    );
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) =>
      this.#accept(socket),
    );
    this.#server.maxConnections = limits.connections;
    this.#server.on("drop", () => recordFull(context, this.state, "connections"));
  }

  async listen(): Promise<void> {
    if ("path" in this.door) await removeStaleSocket(this.door.path);
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen({ ...this.door, backlog }, () => {
        this.#server.off("error", reject);
        resolve();
      });
    });
    this.#sweeping = setInterval(() => this.#sweep(), sweepEveryMs(this.#context.limits));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#sweeping);
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const { socket } of this.#connections.members) socket.destroy();
    this.#pool.close();
    await closed;
    await untilNone(() => this.state.requests);
  }

  #accept(socket: Socket): void {
    const { limits, totals } = this.#context;
    if (totals.connections >= limits.totalConnections) {
      socket.destroy();
      recordFull(this.#context, this.state, "total-connections");
      return;
    }
    totals.connections += 1;
    // An error always ends in `close`, which is what everybody here waits for.
    socket.on("error", () => socket.destroy());
    this.#connections.add(new ClientConnection(this.#owner, socket));
  }

  #sweep(): void {
    const now = performance.now();
    for (const connection of this.#connections.members) connection.sweep(now);
    this.#pool.sweep(now);
  }

  /** A tunnel to a plain port: its content is parsed like a connection of its own, for one handshake. */
  #enter(socket: Socket, plain: PlainTunnel): void {
    let waiting = true;
    const refuseInside = (reason: string) => {
      if (!waiting) return;
      waiting = false;
      clearTimeout(limit);
      const { record } = plain;
      const refusal = refuse("guard.parse", reason);
      record.refuse(refusal);
      endWithPage(socket, { refusal, host: record.host, at: record.at, requestId: record.id });
    };
    const limit = setTimeout(() => refuseInside("timeout"), this.#context.limits.clientHelloMs);
    const connection = new ClientConnection(
      {
        ...this.#owner,
        connect: () => refuseInside("no-websocket-inside"),
        other: () => refuseInside("no-websocket-inside"),
        fault: () => refuseInside("no-websocket-inside"),
        upgrade: (head, _socket, early) => {
          if (!waiting) return;
          // One request, one record: from here on the handshake's own.
          waiting = false;
          clearTimeout(limit);
          const work = websocket(this.#context, this.state, head, socket, early, plain);
          carryOut(this.state, socket, work);
        },
        gone: (inner) => {
          this.#connections.delete(inner);
          refuseInside("no-websocket-inside");
        },
      },
      socket,
    );
    this.#connections.add(connection);
    socket.resume();
  }
}

/** Often enough for the shortest limit, seldom enough to cost nothing. */
export function sweepEveryMs(limits: ProxyLimits): number {
  const { headersMs, idleMs, clientHelloMs } = limits;
  return Math.min(1_000, Math.ceil(Math.min(headersMs, idleMs, clientHelloMs) / 4));
}

/** What a killed proxy leaves behind. Anything but a socket stays, and listening then fails. */
async function removeStaleSocket(path: string): Promise<void> {
  try {
    if ((await lstat(path)).isSocket()) await unlink(path);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
  }
}
