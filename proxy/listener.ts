/**
 * The door of one session: a listener on a unix socket. The socket is the identity; nothing that a client
 * says can change whose requests these are. Owns every connection that came through it: closing the door
 * cuts them all. Judges nothing itself.
 */
import { lstat, unlink } from "node:fs/promises";
import { createServer, type Server, type Socket } from "node:net";
import { ClientConnection, type ConnectionOwner } from "./client-connection.ts";
import type { ProxyContext, SessionState } from "./context.ts";
import { type ProxyLimits, RateGate } from "./limits.ts";
import { openRecord } from "./open-record.ts";
import { OriginPool } from "./origin-pool.ts";
import { endWithPage } from "./raw-response.ts";
import { type Refusal, refuse } from "./refusal.ts";
import type { RequestHead } from "./request-guard.ts";
import { type PlainTunnel, tunnel } from "./tunnel.ts";
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
  readonly #sockets = new Set<Socket>();
  readonly #connections = new Set<ClientConnection>();
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
      requests: 0,
      tunnels: 0,
    };
    this.#owner = {
      context,
      client: this.state,
      pool: this.#pool,
      connect: (head, socket, early) => this.#connect(head, socket, early),
      upgrade: (head, socket, early) =>
        this.#run(socket, websocket(context, this.state, head, socket, early)),
      fault: (refusal, socket) => this.#fault(refusal, socket),
      broken: (error, socket) => this.#broken(error, socket),
    };
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) =>
      this.#accept(socket),
    );
    this.#server.maxConnections = limits.connections;
    this.#server.on("drop", () => this.#recordOnly(refuse("guard.limit", "connections")));
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
    for (const socket of this.#sockets) socket.destroy();
    this.#pool.close();
    await closed;
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket);
    // An error always ends in `close`, which is what everybody here waits for.
    socket.on("error", () => socket.destroy());
    const connection = new ClientConnection(this.#owner, socket);
    this.#connections.add(connection);
    socket.once("close", () => {
      this.#sockets.delete(socket);
      this.#connections.delete(connection);
    });
  }

  #sweep(): void {
    const now = performance.now();
    for (const connection of this.#connections) connection.sweep(now);
    this.#pool.sweep(now);
  }

  #connect(head: RequestHead, socket: Socket, early: Buffer): void {
    this.state.tunnels += 1;
    socket.once("close", () => (this.state.tunnels -= 1));
    const work = tunnel(this.#context, this.state, head, socket, early, (plain) =>
      this.#enter(socket, plain),
    );
    this.#run(socket, work);
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
    socket.once("close", () => refuseInside("no-websocket-inside"));
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
          this.#run(socket, websocket(this.#context, this.state, head, socket, early, plain));
        },
      },
      socket,
    );
    this.#connections.add(connection);
    socket.once("close", () => this.#connections.delete(connection));
    socket.resume();
  }

  #run(socket: Socket, work: Promise<void>): void {
    this.state.requests += 1;
    work
      .catch((error: unknown) => this.#broken(error, socket))
      .finally(() => (this.state.requests -= 1));
  }

  /**
   * Whatever went wrong in ours, the client gets nothing. The process then ends with the error's stack,
   * because a proxy with a bug in its state is not one to trust with the next request.
   */
  #broken(error: unknown, socket: Socket): void {
    socket.destroy();
    setImmediate(() => {
      throw error;
    });
  }

  #fault(refusal: Refusal, socket: Socket): void {
    const record = this.#recordOnly(refusal);
    endWithPage(socket, { refusal, host: "", at: record.at, requestId: record.id });
  }

  #recordOnly(refusal: Refusal) {
    const record = openRecord(this.#context, this.state, { method: "?", target: "" }, "unknown");
    if (this.state.rate.take(performance.now()) || this.state.rate.mayReport(performance.now())) {
      record.refuse(refusal);
    }
    return record;
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
