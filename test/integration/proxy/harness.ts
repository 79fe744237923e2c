/**
 * The real proxy process behind its supervisor, one claimed session, a test name server and real origins
 * on 127.0.0.1, which the test policy opens with guards.permit_ip.
 */
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, connect, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect as tlsConnect, type TLSSocket } from "node:tls";
import { pino } from "pino";
import { WebSocketServer } from "ws";
import { newSessionId, type SessionId } from "../../../orchestrator/base/ids.ts";
import type { ParentSecrets } from "../../../orchestrator/egress/parent-secrets.ts";
import {
  createEgressSupervisor,
  type EgressSupervisor,
} from "../../../orchestrator/egress/supervisor.ts";
import type { CompiledPolicy } from "../../../policies/compiled.ts";
import { loadPolicy } from "../../../policies/load.ts";
import { formatProblem } from "../../../policies/problem.ts";
import type { DecisionRecord } from "../../../proxy/ipc.ts";
import type { LimitsWish } from "../../../proxy/limits.ts";
import { type DnsAnswer, type DnsServer, startDnsServer } from "../../support/dns-server.ts";
import { makeTestCertificate } from "../../support/tls.ts";

export const signal = () => AbortSignal.timeout(10_000);
const quiet = pino({ level: "silent" });

export interface Seen {
  readonly method: string;
  readonly url: string;
  readonly rawHeaders: readonly string[];
  readonly body: string;
}

export interface Origins extends AsyncDisposable {
  readonly httpPort: number;
  readonly httpsPort: number;
  /** Every plain request that reached the origin. */
  readonly seen: Seen[];
  /** How many TCP connections reached the https origin. */
  tlsConnections(): number;
}

export async function startOrigins(): Promise<Origins> {
  const seen: Seen[] = [];
  let tlsConnections = 0;
  // Clients that go in the middle of their request are part of some tests.
  const plain = createServer((request, response) => {
    answer(request, response, seen).catch(() => response.destroy());
  });
  const sockets = new WebSocketServer({ server: plain });
  sockets.on("connection", (client) =>
    client.on("message", (data: Buffer) => client.send(`echo ${data.toString()}`)),
  );
  const secure = createTlsServer(await makeTestCertificate(), (_request, response) =>
    response.end("secure hello"),
  );
  secure.on("connection", () => (tlsConnections += 1));
  const [httpPort, httpsPort] = [await listen(plain), await listen(secure)];
  return {
    httpPort,
    httpsPort,
    seen,
    tlsConnections: () => tlsConnections,
    async [Symbol.asyncDispose]() {
      sockets.close();
      for (const server of [plain, secure]) {
        server.closeAllConnections();
        server.close();
        await once(server, "close");
      }
    },
  };
}

async function listen(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  seen: Seen[],
): Promise<void> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const { method = "", url = "", rawHeaders } = request;
  seen.push({ method, url, rawHeaders, body: Buffer.concat(parts).toString() });
  if (url === "/raw-garbage") {
    request.socket.end(
      "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nHTTP/1.1 200 OK\r\n\r\nsmuggled",
    );
    return;
  }
  if (url === "/cut") {
    response.writeHead(200, { "Content-Length": "100" });
    response.write("half", () => request.socket.destroy());
    return;
  }
  if (url === "/big") {
    response.writeHead(200, {
      "Set-Cookie": ["a=1", "b=2"],
      "Keep-Alive": "timeout=99",
      "Proxy-Authenticate": "Basic",
    });
    for (let index = 0; index < 64; index++) response.write(Buffer.alloc(16 * 1024, 97));
    response.end();
    return;
  }
  response.writeHead(200, {
    "Content-Type": "text/plain",
    Connection: "x-private",
    "X-Private": "1",
    "X-Kept": "1",
  });
  response.end(`hello ${method} ${url}`);
}

export interface HarnessOptions {
  readonly names?: Readonly<Record<string, DnsAnswer>>;
  /** YAML lines of `rules:`. */
  readonly rules?: string;
  readonly uid?: number;
  readonly internalSocket?: string;
  readonly permit?: string;
  /** A port of the test's own, open to requests and tunnels. */
  readonly port?: number;
  readonly signerSocket?: string;
  readonly secrets?: ParentSecrets;
  readonly limits?: LimitsWish;
  /** Beside the policy, by name. */
  readonly files?: Readonly<Record<string, string>>;
}

export class Harness implements AsyncDisposable {
  readonly origins: Origins;
  readonly dns: DnsServer;
  readonly egress: EgressSupervisor;
  readonly decisions: DecisionRecord[] = [];
  readonly sessionId: SessionId = newSessionId();
  readonly folder: string;
  readonly socketPath: string;
  readonly #options: HarnessOptions;
  readonly #clients = new Set<Socket>();
  readonly #waiting = new Set<() => void>();

  constructor(parts: {
    origins: Origins;
    dns: DnsServer;
    folder: string;
    options: HarnessOptions;
  }) {
    this.origins = parts.origins;
    this.dns = parts.dns;
    this.folder = parts.folder;
    this.#options = parts.options;
    this.socketPath = join(parts.folder, "s", "proxy.sock");
    const { uid, internalSocket, signerSocket, limits } = parts.options;
    this.egress = createEgressSupervisor({
      log: quiet,
      dnsServers: [parts.dns.address],
      internalOrigins:
        internalSocket === undefined
          ? []
          : [{ host: "kunren.hanare.internal", socketPath: internalSocket }],
      ...(uid !== undefined && { uid }),
      ...(signerSocket !== undefined && { signerSocket }),
      ...(limits && { limits }),
    });
    this.egress.onDecision((decision) => {
      this.decisions.push(decision);
      for (const look of this.#waiting) look();
    });
  }

  /** The test policy with other rules. */
  async policy(rules: string): Promise<CompiledPolicy> {
    const file = join(this.folder, "policy.yaml");
    const { httpPort, httpsPort } = this.origins;
    const own = this.#options.port === undefined ? [] : [this.#options.port];
    await writeFile(
      file,
      `version: 1
name: test
groups: { staff: {} }
guards:
  ports: { connect: [${[httpsPort, ...own].join()}], http: [${[httpPort, ...own].join()}] }
  permit_ip: [${this.#options.permit ?? "127.0.0.0/8"}]
lists:
  sites: { hosts: [.allowed.test] }
rules:
${rules}
`,
    );
    const loaded = await loadPolicy(file);
    if (!loaded.ok) throw new Error(loaded.problems.map(formatProblem).join("\n"));
    return loaded.policy;
  }

  async start(claim = true): Promise<this> {
    await mkdir(join(this.folder, "s"));
    // As the sessions' directories are: setgid, so that the socket belongs to the directory's group.
    await chmod(this.folder, 0o755);
    await chmod(join(this.folder, "s"), 0o2777);
    for (const [name, text] of Object.entries(this.#options.files ?? {}))
      await writeFile(join(this.folder, name), text);
    const policy = await this.policy(this.#options.rules ?? allowSites);
    await this.egress.configure(policy, this.#options.secrets);
    await this.egress.open(this.sessionId, this.socketPath, signal());
    if (claim)
      await this.egress.claim(this.sessionId, { user: "taro", groups: ["staff"] }, signal());
    return this;
  }

  connect(): Socket {
    const socket = connect(this.socketPath);
    socket.on("error", () => undefined);
    this.#clients.add(socket);
    return socket;
  }

  /** Sends bytes and reads until the proxy closes. */
  async raw(bytes: string | Buffer): Promise<string> {
    const socket = this.connect();
    socket.write(bytes);
    return readAll(socket);
  }

  /** Opens a tunnel; resolves with the socket after the answer's head. */
  async tunnel(
    host: string,
    port = this.origins.httpsPort,
  ): Promise<{ socket: Socket; status: number }> {
    const socket = this.connect();
    socket.write(`CONNECT ${host}:${port} HTTP/1.1\r\nHost: ${host}:${port}\r\n\r\n`);
    const head = await readHead(socket);
    return { socket, status: Number(head.split(" ")[1]) };
  }

  async secure(host: string, servername = host): Promise<TLSSocket> {
    const { socket } = await this.tunnel(host);
    const secure = tlsConnect({ socket, servername, rejectUnauthorized: false });
    await once(secure, "secureConnect");
    return secure;
  }

  /** The first record that fits, now or when it comes. */
  async decision(fits: (decision: DecisionRecord) => boolean): Promise<DecisionRecord> {
    for (;;) {
      const found = this.decisions.find(fits);
      if (found) return found;
      const { promise, resolve, reject } = Promise.withResolvers<undefined>();
      const look = () => resolve(undefined);
      const limit = setTimeout(
        () => reject(new Error(`no such record among ${JSON.stringify(this.decisions)}`)),
        8_000,
      );
      this.#waiting.add(look);
      await promise.finally(() => {
        clearTimeout(limit);
        this.#waiting.delete(look);
      });
    }
  }

  /** The newest record once there are more than `before`: records travel another way than answers. */
  async newest(before: number): Promise<DecisionRecord> {
    await this.decision((each) => this.decisions.indexOf(each) >= before);
    return this.decisions[this.decisions.length - 1] as DecisionRecord;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const client of this.#clients) client.destroy();
    await this.egress[Symbol.asyncDispose]();
    await this.origins[Symbol.asyncDispose]();
    await this.dns[Symbol.asyncDispose]();
    await rm(this.folder, { recursive: true, force: true });
  }
}

const allowSites = `
  - { id: R010, name: 遮断, plane: [isolated], to: { hosts: [bad.allowed.test] }, action: block, message: "止めています <b>" }
  - { id: R100, name: 許可サイト, plane: [isolated], to: { lists: [sites] }, action: allow }`;

export async function startHarness(options: HarnessOptions = {}, claim = true): Promise<Harness> {
  const dns = await startDnsServer({
    names: { "www.allowed.test": ["127.0.0.1"], ...options.names },
  });
  const origins = await startOrigins();
  const folder = await mkdtemp(join(tmpdir(), "hanare-test-"));
  return new Harness({ origins, dns, folder, options }).start(claim);
}

export async function readAll(socket: Socket): Promise<string> {
  let text = "";
  socket.setEncoding("latin1");
  socket.on("data", (part: string) => (text += part));
  // `readHead` leaves it paused.
  socket.resume();
  await once(socket, "close");
  return text;
}

export async function readHead(socket: Socket): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  let bytes = Buffer.alloc(0);
  const onData = (part: Buffer) => {
    bytes = Buffer.concat([bytes, part]);
    const end = bytes.indexOf("\r\n\r\n");
    if (end === -1) return;
    socket.off("data", onData);
    socket.pause();
    const rest = bytes.subarray(end + 4);
    if (rest.length > 0) socket.unshift(rest);
    resolve(bytes.subarray(0, end).toString("latin1"));
  };
  socket.on("data", onData);
  socket.resume();
  socket.once("close", () => resolve(bytes.toString("latin1")));
  return promise;
}
