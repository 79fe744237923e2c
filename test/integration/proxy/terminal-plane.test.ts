/** The terminal plane over real sockets: who gets through, who is led to the portal, who is refused. */
import { once } from "node:events";
import { stat } from "node:fs/promises";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { connect as tlsConnect } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { limitsFinding } from "../../../orchestrator/doctor/limits-finding.ts";
import { egressMetricsText } from "../../../orchestrator/egress/metrics-text.ts";
import { terminalLimits } from "../../../proxy/terminal/limits.ts";
import { verifyLink } from "../../../proxy/terminal/address-link.ts";
import { readAll, readHead, signal } from "./harness.ts";
import {
  key,
  navigation,
  portal,
  startTerminalHarness,
  type TerminalHarness,
} from "./terminal-harness.ts";

let to: TerminalHarness;
beforeAll(async () => {
  to = await startTerminalHarness();
});
afterAll(() => to[Symbol.asyncDispose]());

const connectTo = (host: string, port?: number, from?: string) => to.tunnel(host, port, from);

function linkOf(location: string | undefined) {
  const query = new URL(location ?? "").searchParams;
  const part = (name: string) => query.get(name) ?? "";
  return { url: part("url"), until: part("until"), sig: part("sig") };
}

describe("特定通信 (direct)", () => {
  it("passes as plain http, rebuilt, with a record of who", async () => {
    const answer = await to.ask(to.site("www.update.test", "/a?b=1"));
    expect(answer).toMatchObject({ status: 200, body: "hello GET /a?b=1" });
    expect(await to.decision((each) => each.verdict === "direct")).toMatchObject({
      plane: "terminal",
      terminal: "127.0.0.1",
      rule: "T100",
      path: "/a",
      status: 200,
    });
  });

  it("passes as a tunnel that nobody opens", async () => {
    const { socket, head } = await connectTo("www.update.test");
    expect(head).toContain(" 200 ");
    const secure = tlsConnect({ socket, servername: "www.update.test", rejectUnauthorized: false });
    await once(secure, "secureConnect");
    // The certificate is the origin's own.
    expect(secure.getPeerCertificate().subject.CN).toBe("hanare test");
    secure.write("GET / HTTP/1.1\r\nHost: www.update.test\r\nConnection: close\r\n\r\n");
    expect(await readAll(secure)).toContain("secure hello");
  });

  it("is held to the same guards: forbidden addresses, other names inside, other ports", async () => {
    const inside = await to.ask(to.site("inside.update.test"), navigation);
    expect(inside.status).toBe(403);
    await to.decision((each) => each.rule === "guard.deny_ip" && each.address === "10.0.0.5");
    const { socket } = await connectTo("www.update.test");
    const other = tlsConnect({ socket, servername: "other.test", rejectUnauthorized: false });
    other.on("error", () => undefined);
    await once(socket, "close");
    await to.decision((each) => each.rule === "guard.sni" && each.reason === "sni-mismatch");
    const { head } = await connectTo("www.update.test", 22);
    expect(head).toContain(" 403 ");
  });
});

describe("what belongs into the isolated browser", () => {
  it("is led to the portal with its whole address, signed for this terminal", async () => {
    const url = to.site("www.outside.test", "/%E9%9B%A2?q=1");
    const answer = await to.ask(url, navigation);
    expect(answer.status).toBe(303);
    const { location } = answer.headers;
    expect(location?.startsWith(`${portal}/go?`)).toBe(true);
    expect(verifyLink(key, linkOf(location), "127.0.0.1", Date.now())).toEqual({ ok: true, url });
    expect(answer.headers).toMatchObject({
      "cache-control": "no-store",
      "referrer-policy": "no-referrer",
    });
    expect(answer.headers["set-cookie"] ?? answer.headers["strict-transport-security"]).toBe(
      undefined,
    );
    expect(
      await to.decision((each) => each.host === "www.outside.test" && each.status === 303),
    ).toMatchObject({ verdict: "isolate", rule: "default", terminal: "127.0.0.1" });
  });

  it.each([
    ["a picture", { accept: "image/png,*/*" }, "GET"],
    ["a script's question", { accept: "*/*" }, "GET"],
    ["a form that is sent", navigation, "POST"],
    ["a frame", { ...navigation, "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe" }, "GET"],
  ])("is refused in one line as %s", async (_what, headers, method) => {
    const answer = await to.ask(to.site("www.outside.test"), headers, method);
    expect(answer.status).toBe(403);
    expect(answer.headers.location).toBeUndefined();
    expect(answer.headers["content-type"]).toContain("text/plain");
  });

  it("is refused as a tunnel, and the name is never resolved or dialled", async () => {
    const before = to.origins.tlsConnections();
    const { head } = await connectTo("www.outside.test");
    expect(head).toContain(" 403 ");
    expect(to.origins.tlsConnections()).toBe(before);
    expect(
      await to.decision((each) => each.host === "www.outside.test" && each.scheme === "https"),
    ).toMatchObject({ verdict: "isolate", status: 403 });
  });

  it("is refused with a page when its address fits no link", async () => {
    const answer = await to.ask(to.site("www.outside.test", `/${"a".repeat(5000)}`), navigation);
    expect(answer.status).toBe(403);
  });
});

describe("what is blocked", () => {
  it("says which rule and why, to a person", async () => {
    const answer = await to.ask(to.site("www.bad.test"), navigation);
    expect(answer.status).toBe(403);
    expect(answer.body).toContain("T200");
    expect(answer.body).toContain("止めています。");
    expect(await to.decision((each) => each.rule === "T200")).toMatchObject({
      verdict: "block",
      terminal: "127.0.0.1",
    });
  });
});

describe("terminals by range", () => {
  it("are judged by their own address", async () => {
    await using own = await startTerminalHarness({
      rules: `
  - { id: T110, plane: [terminal], from: { terminals: [127.0.0.2/32] }, to: { hosts: [.update.test] }, action: direct }`,
    });
    for (const [from, status] of [
      ["127.0.0.2", "200"],
      ["127.0.0.3", "403"],
    ] as const) {
      const socket = own.connect(from);
      const target = `www.update.test:${own.origins.httpsPort}`;
      socket.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n\r\n`);
      expect(await readHead(socket), from).toContain(` ${status} `);
      socket.destroy();
    }
  });
});

describe("/proxy.pac", () => {
  it("is served plain, typed, cacheable, and 304 to who has it", async () => {
    const first = await to.ask("/proxy.pac");
    expect(first.status).toBe(200);
    expect(first.headers["content-type"]).toBe(
      "application/x-ns-proxy-autoconfig; charset=us-ascii",
    );
    expect(first.headers["cache-control"]).toMatch(/max-age=\d+/);
    expect(first.body).toContain(`PROXY proxy1.test:${to.port}; PROXY proxy2.test:3128`);
    const again = await to.ask("/proxy.pac", { "if-none-match": first.headers.etag ?? "" });
    expect(again).toMatchObject({ status: 304, body: "" });
    expect(await to.ask("/proxy.pac", {}, "HEAD")).toMatchObject({ status: 200, body: "" });
  });

  it("is all there is at this port", async () => {
    expect((await to.ask("/")).status).toBe(404);
    expect((await to.ask("/proxy.pac", {}, "POST")).status).toBe(405);
  });
});

describe("/verdict", () => {
  const extension = () => ({ "x-hanare-extension": "1", host: `Proxy1.test:${to.port}` });
  const ask = (url: string, headers: Record<string, string> = extension()) =>
    to.ask(`/verdict?${new URLSearchParams({ url }).toString()}`, headers);
  const https = (name: string) => `https://${name}:${to.origins.httpsPort}/p?q=1`;

  it("tells our extension where to go, and nobody else", async () => {
    const isolate = JSON.parse((await ask(https("www.outside.test"))).body) as {
      verdict: string;
      location: string;
    };
    expect(isolate.verdict).toBe("isolate");
    expect(verifyLink(key, linkOf(isolate.location), "127.0.0.1", Date.now())).toEqual({
      ok: true,
      url: https("www.outside.test"),
    });
    expect(JSON.parse((await ask(https("www.update.test"))).body)).toEqual({ verdict: "direct" });
    expect(JSON.parse((await ask(https("www.bad.test"))).body)).toEqual({ verdict: "block" });
    expect(JSON.parse((await ask("https://127.0.0.1/")).body)).toEqual({ verdict: "block" });
    const { host } = extension();
    expect((await ask(https("www.outside.test"), { host })).status).toBe(403);
    expect((await ask("file:///etc/passwd")).status).toBe(403);
    const asked = await to.ask("/verdict?url=x", { "x-hanare-extension": "1" }, "OPTIONS");
    expect(asked.status).toBe(405);
    expect(asked.headers["access-control-allow-origin"]).toBeUndefined();
  });
});

describe("/verdict under another name", () => {
  it.each(["evil.test", "proxy1.test", "proxy1.test:3128", "127.0.0.1"])(
    "tells a page of %s nothing, though it may send our header",
    async (host) => {
      const url = "https://www.outside.test/";
      const query = new URLSearchParams({ url }).toString();
      const headers = { "x-hanare-extension": "1", host };
      expect(await to.ask(`/verdict?${query}`, headers)).toMatchObject({ status: 403, body: "" });
    },
  );
});

describe("bad times", () => {
  it("one terminal with 10,000 connections gets its share, and others are served at once", async () => {
    const sockets: Socket[] = [];
    for (let n = 0; n < 10_000; n += 1) {
      sockets.push(to.connect("127.0.0.9"));
      if (n % 250 === 249) await new Promise((resolve) => setImmediate(resolve));
    }
    await to.decision((each) => each.rule === "guard.limit" && each.terminal === "127.0.0.9");
    const started = performance.now();
    expect((await to.ask(to.site("www.update.test"))).status).toBe(200);
    expect(performance.now() - started).toBeLessThan(10_000);
    await expect
      .poll(() => sockets.filter((socket) => !socket.destroyed && !socket.connecting).length)
      .toBeLessThanOrEqual(terminalLimits.connections);
    for (const socket of sockets) socket.destroy();
    const reports = to.decisions.filter((each) => each.terminal === "127.0.0.9").length;
    expect(reports).toBeLessThan(60);
    // Every one is counted, and the doctor tells of them: numbers come every few seconds.
    const told = () => {
      const terminal = to.plane.metrics();
      return terminal && limitsFinding(egressMetricsText({ terminal }));
    };
    const en = expect.stringMatching(/^terminal connections: [5-9]\d{3}$/) as string;
    await expect.poll(told, { timeout: 30_000 }).toMatchObject({
      level: "warn",
      detail: { en },
      problem: { code: "PROXY_LIMITS_REACHED" },
    });
  }, 60_000);

  it("keeps trying for a port that is taken, says so, and has it when it is free", async () => {
    const holder = createServer();
    holder.listen(0, "127.0.0.1");
    await once(holder, "listening");
    const { port } = holder.address() as AddressInfo;
    const logLines: Record<string, unknown>[] = [];
    const starting = startTerminalHarness({ settings: { port }, logLines });
    await expect
      .poll(() => logLines.find((line) => line["event"] === "terminal-plane-up"))
      .toMatchObject({ outcome: "failure", port, reason: "EADDRINUSE" });
    holder.close();
    await using own = await starting;
    expect(own.plane.status()).toEqual({ state: "up", port });
  });

  it("is back after its process was killed, on the same policy", async () => {
    await using own = await startTerminalHarness();
    process.kill(own.plane.pid ?? 0, "SIGKILL");
    await expect.poll(() => own.plane.status().state).toBe("down");
    expect(await own.plane.settled(signal())).toBe(true);
    expect((await own.ask(own.site("www.update.test"))).status).toBe(200);
  });

  it("runs as a user of its own", async () => {
    await using own = await startTerminalHarness({ uid: 64_905 });
    expect((await stat(`/proc/${own.plane.pid ?? 0}`)).uid).toBe(64_905);
  });
});
