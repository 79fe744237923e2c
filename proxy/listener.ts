/**
 * The door of one session: an HTTP listener on a unix socket. The socket is the identity; nothing that a
 * client says can change whose requests these are. Owns every connection that came through it: closing
 * the door cuts them all. Judges nothing itself.
 */
import { lstat, unlink } from "node:fs/promises";
import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerOptions,
  type ServerResponse,
} from "node:http";
import { Socket } from "node:net";
import type { ProxyContext, SessionState } from "./context.ts";
import { httpForward } from "./http-forward.ts";
import { RateGate } from "./limits.ts";
import { openRecord } from "./open-record.ts";
import { endWithPage } from "./raw-response.ts";
import { type Refusal, refuse } from "./refusal.ts";
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
  /** Parses what comes inside plain tunnels; never listens. */
  readonly #inside: Server;
  readonly #sockets = new Set<Socket>();
  /** Connections with a request under way: an error there must not write a second answer into the first. */
  readonly #busy = new Map<Socket, number>();
  readonly #plain = new WeakMap<Socket, PlainTunnel>();

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
    this.#server = createServer(serverOptions(context));
    this.#inside = createServer(serverOptions(context));
    // 0 is "no limit": with a number node:http drops the fields beyond it without a word.
    this.#server.maxHeadersCount = 0;
    this.#inside.maxHeadersCount = 0;
    this.#wireOuter();
    this.#wireInside();
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
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #wireOuter(): void {
    const server = this.#server;
    server.maxConnections = this.#context.limits.connections;
    server.on("drop", () => this.#recordOnly(refuse("guard.limit", "connections")));
    server.on("connection", (socket) => this.#track(socket));
    server.on("request", (request, response) => this.#http(request, response));
    server.on("checkContinue", (request, response) => {
      response.writeContinue();
      this.#http(request, response);
    });
    server.on("checkExpectation", (request, response) => this.#http(request, response));
    server.on("connect", (request, _stream, head) => {
      const { socket } = request;
      this.state.tunnels += 1;
      socket.once("close", () => (this.state.tunnels -= 1));
      const work = tunnel(this.#context, this.state, request, socket, head, (plain) =>
        this.#enter(socket, plain),
      );
      this.#run(socket, work);
    });
    server.on("upgrade", (request, _stream, head) => {
      const { socket } = request;
      this.#run(socket, websocket(this.#context, this.state, request, socket, head));
    });
    server.on("clientError", (error, socket) => {
      if (socket instanceof Socket) this.#clientError(error, socket);
      else socket.destroy();
    });
  }

  #wireInside(): void {
    this.#inside.on("request", (request: IncomingMessage) =>
      this.#refuseInside(request.socket, "no-websocket-inside"),
    );
    this.#inside.on("connect", (request: IncomingMessage) =>
      this.#refuseInside(request.socket, "no-websocket-inside"),
    );
    this.#inside.on("clientError", (_error, socket) => {
      if (socket instanceof Socket) this.#refuseInside(socket, "no-websocket-inside");
      else socket.destroy();
    });
    this.#inside.on("upgrade", (request, _stream, head) => {
      const { socket } = request;
      const plain = this.#plain.get(socket);
      // One request, one record: from here on the handshake's own.
      this.#plain.delete(socket);
      if (!plain) socket.destroy();
      else this.#run(socket, websocket(this.#context, this.state, request, socket, head, plain));
    });
  }

  /** A tunnel to a plain port: its content is parsed like a connection of its own. */
  #enter(socket: Socket, plain: PlainTunnel): void {
    this.#plain.set(socket, plain);
    const limit = setTimeout(
      () => this.#refuseInside(socket, "timeout"),
      this.#context.limits.clientHelloMs,
    );
    socket.once("close", () => {
      clearTimeout(limit);
      this.#refuseInside(socket, "no-websocket-inside");
    });
    this.#inside.emit("connection", socket);
  }

  #refuseInside(socket: Socket, reason: string): void {
    const plain = this.#plain.get(socket);
    if (!plain) return;
    this.#plain.delete(socket);
    const { record } = plain;
    const refusal = refuse("guard.parse", reason);
    record.refuse(refusal);
    endWithPage(socket, { refusal, host: record.host, at: record.at, requestId: record.id });
  }

  #track(socket: Socket): void {
    this.#sockets.add(socket);
    socket.once("close", () => this.#sockets.delete(socket));
    // node:http takes its own handler away at CONNECT and upgrade. An error always ends in `close`,
    // which is what everybody here waits for.
    socket.on("error", () => socket.destroy());
  }

  #http(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request;
    this.#busy.set(socket, (this.#busy.get(socket) ?? 0) + 1);
    response.once("close", () => {
      const left = (this.#busy.get(socket) ?? 1) - 1;
      if (left > 0) this.#busy.set(socket, left);
      else this.#busy.delete(socket);
    });
    this.#run(socket, httpForward(this.#context, this.state, request, response));
  }

  #run(socket: Socket, work: Promise<void>): void {
    this.state.requests += 1;
    work
      .catch((error: unknown) => {
        // Whatever went wrong in ours, the client gets nothing. The process then ends with the error's
        // stack, because a proxy with a bug in its state is not one to trust with the next request.
        socket.destroy();
        setImmediate(() => {
          throw error;
        });
      })
      .finally(() => (this.state.requests -= 1));
  }

  #clientError(error: Error & { code?: string }, socket: Socket): void {
    const refusal = refusalOfError(error.code ?? "");
    // A connection that never said anything, or that just broke, is nobody's refusal.
    if (!refusal || socket.bytesRead === 0 || this.#busy.has(socket) || !socket.writable) {
      socket.destroy();
      return;
    }
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

export function refusalOfError(code: string): Refusal | undefined {
  if (code === "HPE_HEADER_OVERFLOW") return refuse("guard.limit", "header-bytes", 431);
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return refuse("guard.limit", "request-timeout", 408);
  if (code === "HPE_INVALID_EOF_STATE") return undefined;
  if (!code.startsWith("HPE_")) return undefined;
  return refuse("guard.parse", code.slice(4, 60).toLowerCase().replaceAll("_", "-"));
}

export function serverOptions({ limits }: ProxyContext): ServerOptions {
  return {
    insecureHTTPParser: false,
    requireHostHeader: true,
    // Our own count (request-guard) is exact; this one bounds what the parser buffers.
    maxHeaderSize: limits.headerBytes,
    headersTimeout: limits.headersMs,
    requestTimeout: limits.requestMs,
    keepAliveTimeout: 65_000,
    connectionsCheckingInterval: Math.min(1_000, limits.headersMs),
    noDelay: true,
  };
}

/** What a killed proxy leaves behind. Anything but a socket stays, and listening then fails. */
async function removeStaleSocket(path: string): Promise<void> {
  try {
    if ((await lstat(path)).isSocket()) await unlink(path);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ENOENT")) throw error;
  }
}
