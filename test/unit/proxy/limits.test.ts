/** Bounds of a session, with real sockets and short times. In-process, because times are not configurable from outside. */
import { once } from "node:events";
import { afterEach, describe, expect, it } from "vitest";
import { type ProxyLimits, RateGate } from "../../../proxy/limits.ts";
import { clientHello } from "../../support/client-hello.ts";
import { PlaneHarness, readAll } from "./plane-harness.ts";

let to: PlaneHarness | undefined;
afterEach(async () => {
  await to?.[Symbol.asyncDispose]();
  to = undefined;
});

async function start(limits: Partial<ProxyLimits>): Promise<PlaneHarness> {
  to = await PlaneHarness.start(limits);
  return to;
}

const connectTo = (host: string) => `CONNECT ${host}:443 HTTP/1.1\r\nHost: ${host}:443\r\n\r\n`;
const openTunnel = connectTo("a.test");
const handshake = (key: string) =>
  `Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n`;
/** RFC 6455's own example. */
const key = "dGhlIHNhbXBsZSBub25jZQ==";
const switched = (accept: string) =>
  `HTTP/1.1 101 X\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`;
const rightAccept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=";

describe("time", () => {
  it("a head that drips in is answered 408", async () => {
    const plane = await start({ headersMs: 100 });
    const answer = await readAll(plane.client("GET http://a.test/ HTTP/1.1\r\nHost: a"));
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(await plane.recorded(1)).toMatchObject([
      { verdict: "block", rule: "guard.limit", reason: "request-timeout" },
    ]);
  });

  it("a tunnel without a ClientHello is closed", async () => {
    const plane = await start({ clientHelloMs: 100 });
    await readAll(plane.client(openTunnel));
    expect(await plane.recorded(1)).toMatchObject([
      { verdict: "block", rule: "guard.sni", reason: "timeout" },
    ]);
  });

  it("a tunnel whose ClientHello drips in is closed", async () => {
    const plane = await start({ clientHelloMs: 150 });
    const socket = plane.client(`${openTunnel}\x16`);
    const drip = setInterval(() => socket.write("\x03"), 40);
    await readAll(socket);
    clearInterval(drip);
    expect(await plane.recorded(1)).toMatchObject([{ rule: "guard.sni" }]);
  });

  it.each([
    ["an origin", "a.test", "R1", "upstream-timeout"],
    ["a parent proxy", "plain.test", "P1", "parent-timeout"],
  ])(
    "%s that accepts and never answers costs the idle time and is a 504",
    async (_what, host, rule, reason) => {
      const plane = await start({ idleMs: 150 });
      const page = await readAll(plane.client(plane.get("/", "", host)));
      expect(page).toMatch(/^HTTP\/1\.1 504 [^]*<!doctype html>/);
      expect(page).toContain(`<dd>${reason}</dd>`);
      expect(await plane.recorded(1)).toMatchObject([
        { verdict: "allow", rule, reason, host, status: 504, bytesDown: 0 },
      ]);
    },
  );

  it("a parent proxy that says nothing to a CONNECT ends the tunnel in its own time", async () => {
    const plane = await start({ parentMs: 150 });
    const socket = plane.client(connectTo("plain.test"));
    await once(socket, "data");
    socket.write(clientHello("plain.test"));
    await readAll(socket);
    expect(await plane.recorded(1)).toMatchObject([
      { verdict: "allow", rule: "P1", via: "plain", reason: "parent-timeout", bytesDown: 0 },
    ]);
  });

  it("a parent proxy that accepts and never begins TLS is a refusal in the time for dialling", async () => {
    const plane = await start({ dialMs: 150 });
    const page = await readAll(plane.client(plane.get("/", "", "secure.test")));
    expect(page).toMatch(/^HTTP\/1\.1 504 /);
    const socket = plane.client(connectTo("secure.test"));
    await once(socket, "data");
    socket.write(clientHello("secure.test"));
    await readAll(socket);
    const failed = { verdict: "allow", rule: "P2", via: "secure", reason: "parent-timeout" };
    expect(await plane.recorded(2)).toMatchObject([failed, failed]);
  });

  it("a silent WebSocket is ended after the idle time", async () => {
    const plane = await start({ idleMs: 150 });
    const socket = plane.client(plane.get("/", handshake(key)));
    (await plane.origin()).write(switched(rightAccept));
    expect(await readAll(socket)).toMatch(/^HTTP\/1\.1 101 /);
    expect(await plane.recorded(1)).toMatchObject([
      { verdict: "allow", scheme: "ws", reason: "tunnel-idle" },
    ]);
  });

  it("a WebSocket whose origin answers with a wrong accept value does not open", async () => {
    const plane = await start({});
    const socket = plane.client(plane.get("/", handshake(key)));
    (await plane.origin()).write(switched("AAAAAAAAAAAAAAAAAAAAAAAAAAA="));
    expect(await readAll(socket)).toMatch(/^HTTP\/1\.1 502 /);
  });
});

describe("number", () => {
  it("tunnels beyond the limit are refused, and free again when one closes", async () => {
    const plane = await start({ tunnels: 1 });
    const first = plane.client(openTunnel);
    await once(first, "data");
    expect(await readAll(plane.client(openTunnel))).toMatch(/^HTTP\/1\.1 429 /);
    expect(await plane.recorded(1)).toMatchObject([{ rule: "guard.limit", reason: "tunnels" }]);
    first.destroy();
    expect((await plane.recorded(2))[1]).toMatchObject({
      verdict: "allow",
      reason: "client-closed",
    });
    const again = plane.client(openTunnel);
    expect(String((await once(again, "data"))[0])).toMatch(/^HTTP\/1\.1 200 /);
  });

  it("connections beyond the limit are dropped and recorded", async () => {
    const plane = await start({ connections: 1 });
    await once(plane.client("GET"), "connect");
    expect(await readAll(plane.client())).toBe("");
    expect(await plane.recorded(1)).toMatchObject([{ rule: "guard.limit", reason: "connections" }]);
  });

  it("a flood of requests is refused without a flood of records", async () => {
    const plane = await start({ requestBurst: 2, requestsPerSecond: 0.001 });
    for (let index = 0; index < 6; index++) {
      const answer = await readAll(
        plane.client("GET http://b.test/ HTTP/1.1\r\nHost: b.test\r\nConnection: close\r\n\r\n"),
      );
      expect(answer.slice(9, 12)).toBe(index < 2 ? "403" : "429");
    }
    expect(plane.records.map(({ reason }) => reason)).toEqual([
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
    const plane = await start({ requestBurst: 1, requestsPerSecond: 0.001 });
    for (let index = 0; index < 5; index++) await readAll(plane.client(bytes));
    expect(plane.records.map(({ reason }) => reason).slice(1)).toEqual(["request-rate"]);
  });

  it("a rate gate refills with time and never beyond its burst", () => {
    const gate = new RateGate(10, 2, 0);
    expect([gate.take(0), gate.take(0), gate.take(0)]).toEqual([true, true, false]);
    expect(gate.take(100)).toBe(true);
    expect([gate.take(10_000), gate.take(10_000), gate.take(10_000)]).toEqual([true, true, false]);
  });
});

describe("half-open connections", () => {
  const webSocket = async (plane: PlaneHarness) => {
    const socket = plane.client(plane.get("/", handshake(key)));
    const origin = await plane.origin();
    origin.write(switched(rightAccept));
    await once(socket, "data");
    origin.resume();
    return { socket, origin };
  };
  it.each([
    ["WebSocket", webSocket],
    ["tunnel", (plane: PlaneHarness) => plane.tunnel()],
  ])(
    "%s: one side's end is forwarded, the other may finish, and ends after the linger time",
    async (_what, open) => {
      const plane = await start({ lingerMs: 200 });
      const { socket, origin } = await open(plane);
      socket.end("last words");
      await once(origin, "end");
      origin.write("late answer");
      // The origin never ends its side: the linger time does.
      expect(await readAll(socket)).toContain("late answer");
      expect(await plane.recorded(1)).toMatchObject([{ verdict: "allow", reason: "rule" }]);
    },
  );

  it("tunnel: the origin's end is forwarded, and what the client still says arrives", async () => {
    const plane = await start({ lingerMs: 200 });
    const { socket, origin } = await plane.tunnel(true);
    let heard = "";
    origin.on("data", (part: Buffer) => (heard += part.toString("latin1")));
    origin.end("goodbye");
    socket.resume();
    await once(socket, "end");
    socket.end("last words");
    await once(origin, "close");
    expect(heard).toBe("last words");
    expect(await plane.recorded(1)).toMatchObject([{ verdict: "allow", reason: "rule" }]);
  });

  it("a silent tunnel is ended after the idle time", async () => {
    const plane = await start({ idleMs: 150 });
    const { socket } = await plane.tunnel();
    expect(await readAll(socket)).toBe("");
    expect(await plane.recorded(1)).toMatchObject([{ verdict: "allow", reason: "tunnel-idle" }]);
  });
});
