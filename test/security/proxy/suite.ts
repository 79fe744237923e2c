/** All cases, and how one is carried out against a forward proxy that is known by its address alone. */
import { once } from "node:events";
import { createServer, type AddressInfo, connect, type Socket } from "node:net";
import type { AbuseCase, Received, Site } from "./case.ts";
import { fieldCases } from "./fields.ts";
import { framingCases } from "./framing.ts";
import { hostCases, resolvedCases } from "./hosts.ts";
import { lintAnswer, lintRequest } from "./lint.ts";
import { responseCases } from "./responses.ts";
import { targetCases } from "./targets.ts";
import { tunnelCases } from "./tunnels.ts";

export const allCases: readonly AbuseCase[] = [
  ...hostCases,
  ...resolvedCases,
  ...framingCases,
  ...fieldCases,
  ...targetCases,
  ...tunnelCases,
  ...responseCases,
];

export type ProxyAddress =
  | { readonly path: string }
  | { readonly host: string; readonly port: number };

export interface Outcome {
  /** Undefined: as it must be. */
  readonly why: string | undefined;
  readonly reached: boolean;
  readonly answered: string;
}

/** A proxy that neither answers nor closes for this long is taken to be dialling. */
const patienceMs = 1_500;
/** An origin answers when nothing more has come for this long, so that it has seen all there is. */
const quietMs = 15;
const ordinaryAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
export const greeting = "HELLO";

/** Listens on every address of this machine: whoever dials an inside address of it is seen here as well. */
export class Honeypot implements AsyncDisposable {
  readonly #server = createServer({ allowHalfOpen: true }, (socket) => this.#accept(socket));
  readonly #sockets = new Set<Socket>();
  #connections = 0;
  #text = "";
  #answer: string | undefined;

  async listen(port = 0): Promise<number> {
    this.#server.listen(port, "::");
    await once(this.#server, "listening");
    return (this.#server.address() as AddressInfo).port;
  }

  begin(answer: string | undefined): void {
    // What a refused case had begun may still be on its way; it is none of the next one's.
    for (const socket of this.#sockets) socket.destroy();
    this.#connections = 0;
    this.#text = "";
    this.#answer = answer;
  }

  get received(): Received {
    return { connections: this.#connections, text: this.#text };
  }

  #accept(socket: Socket): void {
    this.#connections += 1;
    this.#sockets.add(socket);
    let quiet: NodeJS.Timeout | undefined;
    socket.on("error", () => socket.destroy());
    socket.on("end", () => socket.end());
    socket.on("close", () => {
      clearTimeout(quiet);
      this.#sockets.delete(socket);
    });
    socket.on("data", (bytes: Buffer) => {
      this.#text += bytes.toString("latin1");
      clearTimeout(quiet);
      quiet = setTimeout(() => this.#reply(socket, this.#text.charCodeAt(0) === 0x16), quietMs);
    });
  }

  #reply(socket: Socket, isTls: boolean): void {
    if (isTls) socket.write(greeting);
    else if (this.#answer === undefined) socket.write(ordinaryAnswer);
    else socket.end(Buffer.from(this.#answer, "latin1"));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, "close");
  }
}

export async function runCase(
  each: AbuseCase,
  proxy: ProxyAddress,
  site: Site,
  origin: Honeypot,
): Promise<Outcome> {
  origin.begin(each.answer);
  const { answered, waited } = await converse(each, proxy, site);
  const { received } = origin;
  const reached = received.text !== "";
  return { why: faultOf(each, received, answered, waited), reached, answered };
}

async function converse(
  each: AbuseCase,
  proxy: ProxyAddress,
  site: Site,
): Promise<{ answered: string; waited: boolean }> {
  const socket = connect(proxy);
  socket.on("error", () => socket.destroy());
  const { promise, resolve } = Promise.withResolvers<boolean>();
  let answered = "";
  let inside = each.inside;
  socket.on("data", (bytes: Buffer) => {
    answered += bytes.toString("latin1");
    if (inside && /^HTTP\/1\.. 200 [^]*\r\n\r\n/.test(answered)) {
      const pieces = inside(site);
      inside = undefined;
      void write(socket, pieces);
    }
    if (isWhole(answered, each)) resolve(false);
  });
  socket.once("close", () => resolve(false));
  socket.once("end", () => socket.end());
  const limit = setTimeout(() => resolve(true), patienceMs);
  await once(socket, "connect");
  await write(socket, each.send(site));
  const waited = await promise;
  clearTimeout(limit);
  socket.destroy();
  return { answered, waited };
}

function isWhole(answered: string, each: AbuseCase): boolean {
  // A refusal need not close the connection, and a client that waits for that would count it as none.
  if (/^HTTP\/1\.[01] [45]\d\d [^]*\r\n\r\n/.test(answered)) return true;
  if (each.inside) return answered.endsWith(greeting);
  if (each.answer !== undefined) return false;
  return /^HTTP\/1\.1 200 [^]*\r\n\r\n(?:ok|2\r\nok\r\n0\r\n\r\n)$/.test(answered);
}

async function write(socket: Socket, pieces: readonly (string | Buffer)[]): Promise<void> {
  for (const piece of pieces) {
    if (socket.destroyed) return;
    const bytes = typeof piece === "string" ? Buffer.from(piece, "latin1") : piece;
    await new Promise<void>((resolve) => socket.write(bytes, () => resolve()));
  }
}

function faultOf(
  each: AbuseCase,
  received: Received,
  answered: string,
  waited: boolean,
): string | undefined {
  const reached = received.text !== "";
  if (each.expect === "refused") {
    if (reached || received.connections > 0) return "the origin was reached";
    if (waited && each.inside === undefined) return "no refusal; still waiting";
    const isTunnel = each.group === "tunnels";
    return /^HTTP\/1\.. 2/.test(answered) && !isTunnel ? "answered as if allowed" : undefined;
  }
  if (each.expect === "passes" && !reached) {
    return `did not pass: ${answered.slice(0, 40) || "no answer"}`;
  }
  const isTls = received.text.charCodeAt(0) === 0x16;
  const forwarded = reached && !isTls ? lintRequest(received.text) : undefined;
  return forwarded ?? lintAnswer(answered) ?? each.check?.(received, answered);
}
