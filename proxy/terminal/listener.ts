/**
 * The door of the terminal plane: one TCP port for all business terminals, which is proxy and PAC server
 * at once. A terminal is known by its address. Judges nothing itself: requests go through the same guards,
 * judge, dial and splice as those of sessions; what differs is that the verdict "direct" opens the way and
 * that a refusal may be a redirect.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { type AddressInfo, Socket } from "node:net";
import type { ProxyContext } from "../context.ts";
import { httpForward } from "../http-forward.ts";
import { refusalOfError, serverOptions } from "../listener.ts";
import { openRecord } from "../open-record.ts";
import { endWithPage } from "../raw-response.ts";
import { type Refusal, refuse } from "../refusal.ts";
import { type PlainTunnel, tunnel } from "../tunnel.ts";
import { websocket } from "../websocket.ts";
import { maxConnections } from "./limits.ts";
import { type Terminal, Terminals } from "./terminals.ts";

/** Requests in origin form: they are for this server itself. */
export type OwnPages = (
  request: IncomingMessage,
  response: ServerResponse,
  terminal: Terminal,
) => void;

export class TerminalListener implements AsyncDisposable {
  readonly #context: ProxyContext;
  readonly #server: Server;
  readonly #terminals: Terminals;
  readonly #sockets = new Map<Socket, Terminal>();
  readonly #busy = new Map<Socket, number>();
  readonly #ownPages: OwnPages;

  constructor(context: ProxyContext, ownPages: OwnPages) {
    this.#context = context;
    this.#ownPages = ownPages;
    this.#terminals = new Terminals(context.limits);
    this.#server = createServer(serverOptions(context));
    this.#server.maxHeadersCount = 0;
    this.#server.maxConnections = maxConnections;
    this.#wire();
  }

  /** The port, which the system chooses for 0. Rejects with the system's error. */
  async listen(host: string, port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen({ host, port, backlog: 1024 }, () => {
        this.#server.off("error", reject);
        resolve();
      });
    });
    return (this.#server.address() as AddressInfo).port;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#sockets.keys()) socket.destroy();
    await closed;
  }

  #wire(): void {
    const server = this.#server;
    server.on("connection", (socket) => this.#enter(socket));
    server.on("request", (request, response) => this.#request(request, response));
    server.on("checkContinue", (request: IncomingMessage, response: ServerResponse) => {
      response.writeContinue();
      this.#request(request, response);
    });
    server.on("checkExpectation", (request: IncomingMessage, response: ServerResponse) =>
      this.#request(request, response),
    );
    server.on("connect", (request, _stream, head) => {
      const { socket } = request;
      const terminal = this.#sockets.get(socket);
      if (!terminal) return void socket.destroy();
      terminal.tunnels += 1;
      socket.once("close", () => (terminal.tunnels -= 1));
      const work = tunnel(this.#context, terminal, request, socket, head, (plain) =>
        this.#refusePlain(socket, plain),
      );
      this.#run(socket, terminal, work);
    });
    server.on("upgrade", (request, _stream, head) => {
      const { socket } = request;
      const terminal = this.#sockets.get(socket);
      if (!terminal) return void socket.destroy();
      this.#run(socket, terminal, websocket(this.#context, terminal, request, socket, head));
    });
    server.on("clientError", (error, socket) => {
      if (socket instanceof Socket) this.#clientError(error, socket);
      else socket.destroy();
    });
  }

  #enter(socket: Socket): void {
    socket.on("error", () => socket.destroy());
    const address = terminalAddress(socket);
    // Gone before it was looked at.
    if (address === undefined) return void socket.destroy();
    const { terminal, full } = this.#terminals.enter(address, performance.now());
    if (full) {
      socket.destroy();
      if (terminal.rate.mayReport(performance.now())) {
        this.#recordOnly(terminal, refuse("guard.limit", "connections"));
      }
      return;
    }
    this.#sockets.set(socket, terminal);
    socket.once("close", () => {
      this.#sockets.delete(socket);
      this.#terminals.leave(terminal, performance.now());
    });
  }

  #request(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request;
    const terminal = this.#sockets.get(socket);
    if (!terminal) return void socket.destroy();
    this.#busy.set(socket, (this.#busy.get(socket) ?? 0) + 1);
    response.once("close", () => {
      const left = (this.#busy.get(socket) ?? 1) - 1;
      if (left > 0) this.#busy.set(socket, left);
      else this.#busy.delete(socket);
    });
    if (request.url?.startsWith("/") === true) this.#ownPages(request, response, terminal);
    else this.#run(socket, terminal, httpForward(this.#context, terminal, request, response));
  }

  /** 特定通信 is https and plain requests; a tunnel to a plain port could carry anything. */
  #refusePlain(socket: Socket, { record }: PlainTunnel): void {
    const refusal = refuse("guard.port", "plain-tunnel");
    record.refuse(refusal);
    // Its 200 is on the way already: nothing but the end can be said inside.
    socket.destroy();
  }

  #run(socket: Socket, terminal: Terminal, work: Promise<void>): void {
    terminal.requests += 1;
    work
      .catch((error: unknown) => {
        // As on the session plane: a proxy with a bug in its state is not one to trust further.
        socket.destroy();
        setImmediate(() => {
          throw error;
        });
      })
      .finally(() => (terminal.requests -= 1));
  }

  #clientError(error: Error & { code?: string }, socket: Socket): void {
    const refusal = refusalOfError(error.code ?? "");
    const terminal = this.#sockets.get(socket);
    const silent = socket.bytesRead === 0 || this.#busy.has(socket) || !socket.writable;
    if (!refusal || !terminal || silent) return void socket.destroy();
    const record = this.#recordOnly(terminal, refusal);
    endWithPage(socket, { refusal, host: "", at: record.at, requestId: record.id });
  }

  #recordOnly(terminal: Terminal, refusal: Refusal) {
    const record = openRecord(this.#context, terminal, { method: "?", target: "" }, "unknown");
    if (terminal.rate.take(performance.now()) || terminal.rate.mayReport(performance.now())) {
      record.refuse(refusal);
    }
    return record;
  }
}

/** IPv4 in its own form, whichever way the socket names it: the same terminal must have one name. */
export function terminalAddress(socket: Pick<Socket, "remoteAddress">): string | undefined {
  const { remoteAddress } = socket;
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(remoteAddress ?? "")?.[1] ?? remoteAddress;
}
