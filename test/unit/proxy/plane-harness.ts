/**
 * A session plane in this process, in front of an origin that does what the test says: for a.test it is the
 * site, for plain.test and secure.test their parent proxy.
 */
import { EventEmitter, once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DecisionRecord } from "../../../proxy/ipc.ts";
import type { ProxyLimits } from "../../../proxy/limits.ts";
import { SessionPlane } from "../../../proxy/session-plane.ts";
import { clientHello } from "../../support/client-hello.ts";
import { startDnsServer } from "../../support/dns-server.ts";
import { prepared } from "../policies/parts.ts";

const sessionIds = ["saaaaaaaaaaaaaaaaaaaa", "sbbbbbbbbbbbbbbbbbbbb"] as const;

export class PlaneHarness implements AsyncDisposable {
  readonly port: number;
  /** Of the same origin; tunnels go there. */
  readonly tunnelPort: number;
  readonly records: DecisionRecord[] = [];
  /** Every connection that reached the origin, oldest first. */
  readonly origins: Socket[] = [];
  readonly #stack: AsyncDisposableStack;
  readonly #folder: string;
  readonly #plane: SessionPlane;
  readonly #happened = new EventEmitter();
  #serve: (origin: Socket) => void = () => undefined;

  private constructor(
    stack: AsyncDisposableStack,
    folder: string,
    [port, tunnelPort]: readonly [number, number],
    limits: Partial<ProxyLimits>,
  ) {
    this.#stack = stack;
    this.#folder = folder;
    this.port = port;
    this.tunnelPort = tunnelPort;
    this.#plane = stack.use(
      new SessionPlane({
        instanceId: "hanare-test",
        send: (record) => {
          this.records.push(record);
          this.#happened.emit("record");
        },
        limits,
      }),
    );
  }

  /**
   * Two sessions, both claimed.
   *
   * @param dnsServer instead of one that knows a.test
   */
  static async start(limits: Partial<ProxyLimits> = {}, dnsServer?: string): Promise<PlaneHarness> {
    const stack = new AsyncDisposableStack();
    const folder = await mkdtemp(join(tmpdir(), "hanare-test-"));
    stack.defer(() => rm(folder, { recursive: true, force: true }));
    const dns = stack.use(await startDnsServer({ names: { "a.test": ["127.0.0.1"] } }));
    const serve = (origin: Socket) => {
      origin.on("error", () => undefined);
      stack.defer(() => void origin.destroy());
      harness.origins.push(origin);
      harness.#happened.emit("origin");
      harness.#serve(origin);
    };
    const port = await listen(stack, serve);
    const tunnelPort = await listen(stack, serve);
    const harness = new PlaneHarness(stack, folder, [port, tunnelPort], limits);
    const { policy } = prepared(`version: 1
name: t
guards: { ports: { connect: [443, ${tunnelPort}], http: [${port}] }, permit_ip: [127.0.0.0/8] }
rules:
  - { id: R1, plane: [isolated], to: { hosts: [a.test] }, action: allow }
  - { id: P1, plane: [isolated], to: { hosts: [plain.test] }, action: allow, via: plain }
  - { id: P2, plane: [isolated], to: { hosts: [secure.test] }, action: allow, via: secure }
parents:
  plain: { host: 127.0.0.1, port: ${port}, resolve: theirs }
  secure: { host: 127.0.0.1, port: ${port}, resolve: theirs, tls: true }
`);
    const plane = harness.#plane;
    const dnsServers = [dnsServer ?? dns.address];
    plane.configure({ type: "configure", policy, dnsServers, internalOrigins: [] });
    for (const id of sessionIds) {
      await plane.open(id, { path: join(folder, id) });
      plane.claim(id, "taro", []);
    }
    return harness;
  }

  /** Closes a session's door while whatever it began is under way. */
  closeSession(session: 0 | 1): Promise<void> {
    return this.#plane.close(sessionIds[session]);
  }

  onOrigin(serve: (origin: Socket) => void): void {
    this.#serve = serve;
  }

  client(bytes = "", session: 0 | 1 = 0, allowHalfOpen = false): Socket {
    const socket = connect({ path: join(this.#folder, sessionIds[session]), allowHalfOpen });
    socket.on("error", () => undefined);
    this.#stack.defer(() => void socket.destroy());
    socket.write(bytes);
    return socket;
  }

  /** The first connection that reaches the origin. */
  async origin(): Promise<Socket> {
    while (!this.origins[0]) await once(this.#happened, "origin");
    return this.origins[0];
  }

  /** A tunnel to a.test that stands: its origin has read the ClientHello. */
  async tunnel(
    allowHalfOpen = false,
  ): Promise<{ readonly socket: Socket; readonly origin: Socket }> {
    const authority = `a.test:${this.tunnelPort}`;
    const request = `CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`;
    const socket = this.client(request, 0, allowHalfOpen);
    await once(socket, "data");
    socket.write(clientHello("a.test"));
    const origin = await this.origin();
    await once(origin, "data");
    return { socket, origin };
  }

  get(path: string, headers = "", host = "a.test"): string {
    const authority = `${host}:${this.port}`;
    return `GET http://${authority}${path} HTTP/1.1\r\nHost: ${authority}\r\n${headers}\r\n`;
  }

  async recorded(count: number): Promise<readonly DecisionRecord[]> {
    while (this.records.length < count) await once(this.#happened, "record");
    return this.records;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#stack.disposeAsync();
  }
}

async function listen(
  stack: AsyncDisposableStack,
  serve: (socket: Socket) => void,
): Promise<number> {
  const server = createServer({ allowHalfOpen: true }, serve);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  stack.defer(() => void server.close());
  return (server.address() as AddressInfo).port;
}

/** Everything until the proxy closes. */
export async function readAll(socket: Socket): Promise<string> {
  let all = "";
  socket.on("data", (part: Buffer) => (all += part.toString("latin1")));
  await new Promise<void>((resolve) => socket.once("close", () => resolve()));
  return all;
}

/** Until what has come ends with `end`. */
export async function readUntil(socket: Socket, end: string): Promise<string> {
  let all = "";
  const onData = (part: Buffer) => (all += part.toString("latin1"));
  socket.on("data", onData);
  while (!all.endsWith(end)) await once(socket, "data");
  socket.off("data", onData);
  return all;
}
