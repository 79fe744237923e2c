/** The supervisor and the real proxy process: policy swaps, deaths and doors. */
import { once } from "node:events";
import { access, stat } from "node:fs/promises";
import type { TLSSocket } from "node:tls";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { newSessionId } from "../../../orchestrator/base/ids.ts";
import { type Harness, readAll, signal, startHarness } from "../proxy/harness.ts";

let to: Harness;
const site = "www.allowed.test";
const request = (host = site) =>
  `GET http://${host}:${to.origins.httpPort}/ HTTP/1.1\r\nHost: ${host}:${to.origins.httpPort}\r\nConnection: close\r\n\r\n`;

beforeEach(async () => {
  to = await startHarness();
});
afterEach(() => to[Symbol.asyncDispose]());

/** `once(…, "close")` would fail at the reset that comes before it. */
function closed(socket: TLSSocket): Promise<void> {
  socket.on("error", () => undefined);
  return new Promise((resolve) => socket.once("close", () => resolve()));
}

async function exchange(secure: TLSSocket): Promise<string> {
  const answer = once(secure, "data") as Promise<[Buffer]>;
  secure.write(`GET / HTTP/1.1\r\nHost: ${site}\r\n\r\n`);
  return (await answer)[0].toString();
}

describe("a new policy", () => {
  it("takes effect at once, and an open tunnel lives on", async () => {
    const secure = await to.secure(site);
    expect(await exchange(secure)).toContain("secure hello");
    expect(await to.raw(request())).toContain("hello GET /");

    const next = await to.policy("  []");
    await to.egress.configure(next);
    await to.decision((each) => each.path === "/");
    const before = to.decisions.length;
    expect(await to.raw(request())).toMatch(/^HTTP\/1\.1 403 /);
    expect(await to.newest(before)).toMatchObject({ rule: "default", policyVersion: next.version });
    expect(await exchange(secure)).toContain("secure hello");
    expect((await to.tunnel(site)).status).toBe(403);
    secure.destroy();
  });
});

describe("a killed proxy", () => {
  it("is back within a second on the same path, with policy, doors and persons", async () => {
    const before = to.egress.pid() ?? 0;
    expect(to.egress.restarts()).toBe(0);
    const secure = await to.secure(site);
    const cut = closed(secure);
    const killedAt = performance.now();
    process.kill(before, "SIGKILL");
    await cut;
    // `configure` waits for a proxy that knows everything.
    await to.egress.configure(
      await to.policy(
        "  - { id: R500, plane: [isolated], from: { groups: [staff] }, to: { lists: [sites] }, action: allow }",
      ),
    );
    // A twentieth of a second's pause and the start of a process, which a busy machine takes long for.
    expect(performance.now() - killedAt).toBeLessThan(5_000);
    expect(to.egress.pid()).not.toBe(before);
    expect([to.egress.status(), to.egress.restarts()]).toEqual(["up", 1]);
    const known = to.decisions.length;
    expect(await to.raw(request())).toContain("hello GET /");
    expect(await to.newest(known)).toMatchObject({ rule: "R500", user: "taro" });
  });

  it("does not lose what was asked for while it was down", async () => {
    const sessionId = newSessionId();
    const path = `${to.folder}/s/other.sock`;
    process.kill(to.egress.pid() ?? 0, "SIGKILL");
    await to.egress.open(sessionId, path, signal());
    await to.egress.claim(sessionId, { user: "hanako", groups: [] }, signal());
    expect((await stat(path)).isSocket()).toBe(true);
    await to.egress.close(sessionId);
    await expect(access(path)).rejects.toThrow();
  });
});

describe("a door", () => {
  it("closes with its tunnels, takes its socket away, and may be closed again", async () => {
    const secure = await to.secure(site);
    const cut = closed(secure);
    await to.egress.close(to.sessionId);
    await cut;
    await expect(access(to.socketPath)).rejects.toThrow();
    await to.egress.close(to.sessionId);
    expect(await to.decision((each) => each.scheme === "https")).toMatchObject({
      verdict: "allow",
      rule: "R100",
    });
  });

  it("that closes has told of its tunnels before it says so", async () => {
    const secure = await to.secure(site);
    const cut = closed(secure);
    await to.egress.close(to.sessionId);
    expect(to.decisions).toMatchObject([{ scheme: "https", verdict: "allow", rule: "R100" }]);
    await cut;
  });

  it("never changes hands", async () => {
    await expect(
      to.egress.claim(to.sessionId, { user: "hanako", groups: [] }, signal()),
    ).rejects.toMatchObject({ code: "ILLEGAL_TRANSITION" });
    await expect(
      to.egress.claim(newSessionId(), { user: "hanako", groups: [] }, signal()),
    ).rejects.toMatchObject({ code: "SESSION_ENDED" });
  });

  it("that cannot be listened on is an error, and leaves nothing behind", async () => {
    const sessionId = newSessionId();
    await expect(
      to.egress.open(sessionId, `${to.folder}/absent/proxy.sock`, signal()),
    ).rejects.toMatchObject({ code: "INTERNAL" });
    await expect(
      to.egress.claim(sessionId, { user: "x", groups: [] }, signal()),
    ).rejects.toMatchObject({ code: "SESSION_ENDED" });
  });
});

it("is told of every tunnel that an orderly stop cuts", async () => {
  const tunnels = await Promise.all(Array.from({ length: 40 }, () => to.tunnel(site)));
  expect(tunnels.map(({ status }) => status)).toEqual(tunnels.map(() => 200));
  await to.egress[Symbol.asyncDispose]();
  expect(to.decisions.filter(({ scheme }) => scheme === "https")).toHaveLength(tunnels.length);
});

it("drops its privileges before it listens", async () => {
  if (process.getuid?.() !== 0) return;
  await using dropped = await startHarness({ uid: 64_901 });
  expect((await stat(dropped.socketPath)).uid).toBe(64_901);
  expect((await stat(`/proc/${dropped.egress.pid() ?? 0}`)).uid).toBe(64_901);
  expect(
    await dropped.raw(
      `GET http://${site}:${dropped.origins.httpPort}/ HTTP/1.1\r\nHost: ${site}:${dropped.origins.httpPort}\r\nConnection: close\r\n\r\n`,
    ),
  ).toContain("hello");
});

it("survives garbage of every kind from a client", async () => {
  const pid = to.egress.pid();
  const parts = [
    "CONNECT ",
    "GET ",
    "http://",
    site,
    ":",
    String(to.origins.httpsPort),
    " HTTP/1.1\r\n",
    "\r\n",
    "Host: ",
    "\0",
    "\x16\x03\x01\xff\xff",
    "Transfer-Encoding: chunked\r\n",
    "Upgrade: websocket\r\nConnection: Upgrade\r\n",
    "Content-Length: 9\r\n",
    "[::1]",
    "%00",
    "あ",
  ];
  // A fixed sequence: a failure can be run again.
  let state = 20_261_122;
  const random = (below: number) => (state = (state * 48_271) % 2_147_483_647) % below;
  const runs = Array.from({ length: 150 }, () =>
    Array.from({ length: 1 + random(12) }, () => parts[random(parts.length)] ?? "").join(""),
  );
  for (let at = 0; at < runs.length; at += 25) {
    await Promise.all(
      runs.slice(at, at + 25).map(async (bytes) => {
        const socket = to.connect();
        socket.end(bytes);
        await readAll(socket);
      }),
    );
  }
  expect(to.egress.pid()).toBe(pid);
  expect(await to.raw(request())).toContain("hello GET /");
});
