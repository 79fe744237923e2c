/**
 * Answers a refused CONNECT from inside the connection that the client wanted: TLS with a certificate made
 * for it, one request read, one answer, the end. Only for hosts that the policy refused, which are never
 * resolved and never dialled; only after a ClientHello for that very host; HTTP/1.1 only. The request
 * carries the site's cookies: nothing of it is kept but its first line and what says whether it is a page.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { type SecureContext, TLSSocket } from "node:tls";
import type { HostRules } from "../../policies/guards/host-port.ts";
import type { Answer, ProxyContext, RefusedTunnel, SessionState } from "../context.ts";
import { endWithPage, rawHead } from "../raw-response.ts";
import { type Refusal, refuse } from "../refusal.ts";
import { nameFault } from "../server-name.ts";
import { awaitHello } from "./await-hello.ts";
import type { SignerClient } from "./client.ts";

export interface RequestInside {
  readonly method: string;
  readonly path: string;
  readonly rawHeaders: readonly string[];
  readonly refused: RefusedTunnel;
  readonly client: SessionState;
}

export interface TlsAnswersOptions {
  readonly signer: SignerClient;
  readonly limits: ProxyContext["limits"];
  readonly snapshot: ProxyContext["snapshot"];
  readonly answer: (request: RequestInside) => Answer;
}

interface Inside {
  readonly refused: RefusedTunnel;
  readonly client: SessionState;
  status: number;
}

/** How long a client that did not take our certificate is refused plainly: it is no browser, or pins. */
const backOffMs = 10 * 60_000;
const maxRemembered = 10_000;
const handshakeMs = 10_000;
const strictest: HostRules = { ipLiterals: "deny", singleLabel: "deny" };

export class TlsAnswers {
  readonly #o: TlsAnswersOptions;
  readonly #inside: Server;
  readonly #tunnels = new WeakMap<Socket, Inside>();
  /** "client host" → until when, by the clock that nobody sets. */
  readonly #unwilling = new Map<string, number>();

  constructor(options: TlsAnswersOptions) {
    this.#o = options;
    this.#inside = createServer({
      // Cookies of a busy site are larger than what a proxy request may carry.
      maxHeaderSize: 64 * 1024,
      headersTimeout: handshakeMs,
      requestTimeout: handshakeMs,
      keepAliveTimeout: 1,
    });
    this.#inside.on("request", (request, response) => this.#request(request, response));
    this.#inside.on("upgrade", (_request, socket) => socket.destroy());
    this.#inside.on("connect", (_request, socket) => socket.destroy());
    this.#inside.on("clientError", (_error, socket) => socket.destroy());
  }

  /** Undefined leaves the plain refusal to the caller. */
  connect(refused: RefusedTunnel, client: SessionState): Promise<void> | undefined {
    const { target } = refused;
    if (target.kind !== "name") return undefined;
    const until = this.#unwilling.get(`${client.id} ${target.host}`);
    return until !== undefined && until > performance.now()
      ? undefined
      : this.#serve(refused, client);
  }

  async #serve(refused: RefusedTunnel, client: SessionState): Promise<void> {
    const { socket, head, target, refusal, record } = refused;
    const rules = this.#o.snapshot()?.prepared.policy.guards ?? strictest;
    const context = await this.#o.signer.contextFor(target.host);
    if (!context) {
      record.refuse(refusal);
      endWithPage(socket, { refusal, host: record.host, at: record.at, requestId: record.id });
      return;
    }
    socket.write(rawHead(200, []));
    const hello = await awaitHello(socket, head, this.#o.limits);
    const fault = faultOf(hello, refused, rules);
    if (hello.kind !== "hello" || fault) {
      record.refuse(fault ?? refusal);
      socket.destroy();
      return;
    }
    socket.unshift(hello.bytes);
    const inside: Inside = { refused, client, status: refusal.status };
    await this.#speak(inside, context);
    record.refuse({ ...refusal, status: inside.status });
  }

  async #speak(inside: Inside, secureContext: SecureContext): Promise<void> {
    const { socket, target } = inside.refused;
    const secure = new TLSSocket(socket, {
      isServer: true,
      secureContext,
      ALPNProtocols: ["http/1.1"],
    });
    this.#tunnels.set(secure, inside);
    const closed = new Promise<void>((resolve) => {
      secure.once("close", resolve);
      socket.once("close", resolve);
    });
    const limit = setTimeout(() => socket.destroy(), handshakeMs);
    // Half open is of no use here: the one answer is written at once.
    secure.once("end", () => secure.destroySoon());
    secure.on("error", (error: Error & { code?: string }) => {
      if (error.code?.includes("ALERT") === true) this.#remember(inside.client, target.host);
      socket.destroy();
    });
    secure.once("secure", () => this.#inside.emit("connection", secure));
    await closed;
    clearTimeout(limit);
    socket.destroy();
  }

  #remember(client: SessionState, host: string): void {
    if (this.#unwilling.size >= maxRemembered) {
      this.#unwilling.delete(this.#unwilling.keys().next().value ?? "");
    }
    this.#unwilling.set(`${client.id} ${host}`, performance.now() + backOffMs);
  }

  #request(request: IncomingMessage, response: ServerResponse): void {
    const inside = this.#tunnels.get(request.socket);
    if (!inside) return void request.socket.destroy();
    const { method = "", url = "", rawHeaders } = request;
    const { refused, client } = inside;
    const { status, headers, body } = this.#o.answer({
      method,
      path: url.startsWith("/") ? url : "/",
      rawHeaders,
      refused,
      client,
    });
    inside.status = status;
    const closing = ["Content-Length", String(body.length), "Connection", "close"];
    response.writeHead(status, [...headers, ...closing]);
    response.end(method === "HEAD" ? undefined : body);
  }
}

function faultOf(
  hello: Awaited<ReturnType<typeof awaitHello>>,
  { target }: RefusedTunnel,
  rules: HostRules,
): Refusal | undefined {
  if (hello.kind === "gone") return undefined;
  if (hello.kind === "refused") return refuse("guard.sni", hello.reason);
  const fault = nameFault(hello.serverName, target, rules);
  return fault === undefined ? undefined : refuse("guard.sni", fault);
}
