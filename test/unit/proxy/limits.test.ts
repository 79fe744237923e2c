/** Bounds of a session, with real sockets and short times. In-process, because times are not configurable from outside. */
import { EventEmitter, once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { DecisionRecord } from "../../../proxy/ipc.ts";
import { type ProxyLimits, RateGate } from "../../../proxy/limits.ts";
import { SessionPlane } from "../../../proxy/session-plane.ts";
import { startDnsServer } from "../../support/dns-server.ts";
import { prepared } from "../policies/parts.ts";

const sessionId = "saaaaaaaaaaaaaaaaaaaa";
let stack: AsyncDisposableStack;
let records: DecisionRecord[];
let recorded = new EventEmitter();
let path: string;

beforeEach(() => {
  stack = new AsyncDisposableStack();
  records = [];
  recorded = new EventEmitter();
});
afterEach(() => stack.disposeAsync());

/** A plane with one session, in front of an origin that answers nothing. */
async function start(
  limits: Partial<ProxyLimits>,
): Promise<{ port: number; origin: Promise<Socket> }> {
  const folder = await mkdtemp(join(tmpdir(), "hanare-test-"));
  stack.defer(() => rm(folder, { recursive: true, force: true }));
  const dns = stack.use(await startDnsServer({ names: { "a.test": ["127.0.0.1"] } }));
  const server = createServer({ allowHalfOpen: true });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  stack.defer(() => void server.close());
  const { port } = server.address() as AddressInfo;
  const origin = once(server, "connection").then(([socket]) => {
    const accepted = socket as Socket;
    accepted.on("error", () => undefined);
    stack.defer(() => void accepted.destroy());
    return accepted;
  });
  const { policy } = prepared(`version: 1
name: t
guards: { ports: { connect: [443], http: [${port}] }, permit_ip: [127.0.0.0/8] }
rules: [{ id: R1, plane: [isolated], to: { hosts: [a.test] }, action: allow }]
`);
  const plane = stack.use(
    new SessionPlane({
      instanceId: "hanare-test",
      send: (record) => {
        records.push(record);
        recorded.emit("record");
      },
      limits,
    }),
  );
  plane.configure({ type: "configure", policy, dnsServers: [dns.address], internalOrigins: [] });
  path = join(folder, "s.sock");
  await plane.open(sessionId, { path });
  plane.claim(sessionId, "taro", []);
  return { port, origin };
}

function client(bytes = ""): Socket {
  const socket = connect(path);
  socket.on("error", () => undefined);
  stack.defer(() => void socket.destroy());
  socket.write(bytes);
  return socket;
}

async function text(socket: Socket): Promise<string> {
  let all = "";
  socket.on("data", (part) => (all += String(part)));
  await new Promise<void>((resolve) => socket.once("close", () => resolve()));
  return all;
}

/** Records fall when both sides of a tunnel are gone, which may be after the client's. */
async function recordsOf(count: number): Promise<DecisionRecord[]> {
  while (records.length < count) await once(recorded, "record");
  return records;
}

const get = (port: number, path = "/") =>
  `GET http://a.test:${port}${path} HTTP/1.1\r\nHost: a.test:${port}\r\n\r\n`;

describe("time", () => {
  it("a head that drips in is answered 408", async () => {
    await start({ headersMs: 100 });
    expect(await text(client("GET http://a.test/ HTTP/1.1\r\nHost: a"))).toMatch(
      /^HTTP\/1\.1 408 /,
    );
    expect(await recordsOf(1)).toMatchObject([
      { verdict: "block", rule: "guard.limit", reason: "request-timeout" },
    ]);
  });

  it("a tunnel without a ClientHello is closed", async () => {
    await start({ clientHelloMs: 100 });
    await text(client("CONNECT a.test:443 HTTP/1.1\r\nHost: a.test:443\r\n\r\n"));
    expect(await recordsOf(1)).toMatchObject([
      { verdict: "block", rule: "guard.sni", reason: "timeout" },
    ]);
  });

  it("a tunnel whose ClientHello drips in is closed", async () => {
    await start({ clientHelloMs: 150 });
    const socket = client("CONNECT a.test:443 HTTP/1.1\r\nHost: a.test:443\r\n\r\n\x16");
    const drip = setInterval(() => socket.write("\x03"), 40);
    await text(socket);
    clearInterval(drip);
    expect(await recordsOf(1)).toMatchObject([{ rule: "guard.sni" }]);
  });

  it("an origin that never answers costs the idle time and is a 502", async () => {
    const { port } = await start({ idleMs: 150 });
    expect(await text(client(get(port)))).toMatch(/^HTTP\/1\.1 502 /);
    expect(await recordsOf(1)).toMatchObject([
      { verdict: "allow", rule: "R1", reason: "upstream-error", status: 502 },
    ]);
  });

  it("a silent WebSocket is ended after the idle time", async () => {
    const { port, origin } = await start({ idleMs: 150 });
    const key = "dGhlIHNhbXBsZSBub25jZQ==";
    const socket = client(
      `GET http://a.test:${port}/ HTTP/1.1\r\nHost: a.test:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n\r\n`,
    );
    // The accept value of RFC 6455's own example.
    (await origin).write(
      "HTTP/1.1 101 X\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n",
    );
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 101 /);
    expect(await recordsOf(1)).toMatchObject([
      { verdict: "allow", scheme: "ws", reason: "tunnel-idle" },
    ]);
  });

  it("a WebSocket whose origin answers with a wrong accept value does not open", async () => {
    const { port, origin } = await start({});
    const socket = client(
      `GET http://a.test:${port}/ HTTP/1.1\r\nHost: a.test:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
    );
    (await origin).write(
      "HTTP/1.1 101 X\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: AAAAAAAAAAAAAAAAAAAAAAAAAAA=\r\n\r\n",
    );
    expect(await text(socket)).toMatch(/^HTTP\/1\.1 502 /);
  });
});

describe("number", () => {
  it("tunnels beyond the limit are refused, and free again when one closes", async () => {
    await start({ tunnels: 1 });
    const open = "CONNECT a.test:443 HTTP/1.1\r\nHost: a.test:443\r\n\r\n";
    const first = client(open);
    await once(first, "data");
    expect(await text(client(open))).toMatch(/^HTTP\/1\.1 429 /);
    expect(await recordsOf(1)).toMatchObject([{ rule: "guard.limit", reason: "tunnels" }]);
    first.destroy();
    expect((await recordsOf(2))[1]).toMatchObject({ verdict: "allow", reason: "client-closed" });
    const again = client(open);
    expect(String((await once(again, "data"))[0])).toMatch(/^HTTP\/1\.1 200 /);
  });

  it("connections beyond the limit are dropped and recorded", async () => {
    await start({ connections: 1 });
    const first = client("GET");
    await once(first, "connect");
    expect(await text(client())).toBe("");
    expect(await recordsOf(1)).toMatchObject([{ rule: "guard.limit", reason: "connections" }]);
  });

  it("a flood of requests is refused without a flood of records", async () => {
    await start({ requestBurst: 2, requestsPerSecond: 0.001 });
    for (let index = 0; index < 6; index++) {
      const answer = await text(
        client("GET http://b.test/ HTTP/1.1\r\nHost: b.test\r\nConnection: close\r\n\r\n"),
      );
      expect(answer.slice(9, 12)).toBe(index < 2 ? "403" : "429");
    }
    expect(records.map(({ reason }) => reason)).toEqual([
      "port-not-allowed",
      "port-not-allowed",
      "request-rate",
    ]);
  });

  it.each([
    ["tunnels", "CONNECT b.test:1 HTTP/1.1\r\nHost: b.test:1\r\n\r\n"],
    [
      "handshakes",
      "GET http://b.test/ HTTP/1.1\r\nHost: b.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
    ],
  ])("nor does a flood of %s", async (_what, bytes) => {
    await start({ requestBurst: 1, requestsPerSecond: 0.001 });
    for (let index = 0; index < 5; index++) await text(client(bytes));
    expect(records.map(({ reason }) => reason).slice(1)).toEqual(["request-rate"]);
  });

  it("a rate gate refills with time and never beyond its burst", () => {
    const gate = new RateGate(10, 2, 0);
    expect([gate.take(0), gate.take(0), gate.take(0)]).toEqual([true, true, false]);
    expect(gate.take(100)).toBe(true);
    expect([gate.take(10_000), gate.take(10_000), gate.take(10_000)]).toEqual([true, true, false]);
  });
});

describe("half-open connections", () => {
  it("forward the end of one side, let the other finish, and end after the linger time", async () => {
    const { port, origin } = await start({ lingerMs: 200 });
    const socket = client(
      `GET http://a.test:${port}/ HTTP/1.1\r\nHost: a.test:${port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n`,
    );
    const upstream = await origin;
    upstream.write(
      "HTTP/1.1 101 X\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n",
    );
    await once(socket, "data");
    upstream.resume();
    socket.end("last words");
    await once(upstream, "end");
    upstream.write("late answer");
    // The origin never ends its side: the linger time does.
    expect(await text(socket)).toContain("late answer");
    expect(await recordsOf(1)).toMatchObject([{ verdict: "allow", status: 101 }]);
  });
});
