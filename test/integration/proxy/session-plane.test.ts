/** The session plane over real sockets: what passes, what is refused, and what the record says of each. */
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { stat } from "node:fs/promises";
import { createServer, get } from "node:http";
import { type AddressInfo, createServer as createTcpServer, type Socket } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { clientHello } from "../../support/client-hello.ts";
import { type Harness, readAll, readHead, startHarness } from "./harness.ts";
import { connectTo, http, names, site } from "./requests.ts";

let to: Harness;

beforeAll(async () => {
  to = await startHarness({ names });
});
afterAll(() => to[Symbol.asyncDispose]());

const url = (host: string, path = "/") => `http://${host}:${to.origins.httpPort}${path}`;

describe("plain HTTP", () => {
  it("reaches an allowed host and records rule, list entry, address, bytes and person", async () => {
    const answer = await to.raw(http(url(site, "/a?q=secret")));
    expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\n/);
    expect(answer).toContain("hello GET /a?q=secret");
    const record = await to.decision((each) => each.path === "/a");
    expect(record).toMatchObject({
      verdict: "allow",
      rule: "R100",
      ruleName: "許可サイト",
      list: "sites",
      user: "taro",
      plane: "isolated",
      host: site,
      port: to.origins.httpPort,
      scheme: "http",
      method: "GET",
      status: 200,
      address: "127.0.0.1",
      sessionId: to.sessionId,
    });
    expect(record.bytesDown).toBeGreaterThan(50);
    expect(JSON.stringify(record)).not.toContain("secret");
  });

  it("rebuilds the request: Host from the target, no hop-by-hop, no claims about the client, our Via", async () => {
    const extra =
      "Proxy-Authorization: Basic x\r\nX-Forwarded-For: 1.1.1.1\r\nKeep-Alive: 5\r\nX-Mine: 1\r\nX-Listed: 1\r\nCookie: c=1\r\n";
    await to.raw(
      `GET ${url(site, "/rebuilt")} HTTP/1.1\r\nHost: ${site}:${to.origins.httpPort}\r\n${extra}Connection: close, X-Listed, Cookie\r\n\r\n`,
    );
    const names = to.origins.seen.find((each) => each.url === "/rebuilt")?.rawHeaders ?? [];
    const headers = names.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase());
    expect(headers).toEqual(["host", "x-mine", "cookie", "via"]);
    expect(names[1]).toBe(`${site}:${to.origins.httpPort}`);
    expect(names.join(" ")).toMatch(/1\.1 hanare-[0-9a-f]{16}/);
  });

  it("drops what an origin says to the next hop only and keeps repeated end-to-end fields", async () => {
    const plain = await to.raw(http(url(site, "/x")));
    expect(plain).toContain("X-Kept: 1");
    expect(plain).not.toContain("X-Private");
    const big = await to.raw(http(url(site, "/big")));
    expect(big.match(/Set-Cookie: [ab]=[12]/g)).toHaveLength(2);
    expect(big).not.toMatch(/timeout=99|Proxy-Authenticate/);
    expect(big.length).toBeGreaterThan(1024 * 1024);
  });

  it("carries bodies with a length and in chunks", async () => {
    await to.raw(
      `POST ${url(site, "/len")} HTTP/1.1\r\nHost: ${site}:${to.origins.httpPort}\r\nContent-Length: 5\r\nConnection: close\r\n\r\nhello`,
    );
    await to.raw(
      `POST ${url(site, "/chunks")} HTTP/1.1\r\nHost: ${site}:${to.origins.httpPort}\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n5\r\nhello\r\n0\r\n\r\n`,
    );
    for (const path of ["/len", "/chunks"]) {
      expect(to.origins.seen.find((each) => each.url === path)?.body).toBe("hello");
    }
  });

  it("serves several requests on one connection", async () => {
    const socket = to.connect();
    const host = `Host: ${site}:${to.origins.httpPort}\r\n`;
    socket.write(
      `GET ${url(site, "/1")} HTTP/1.1\r\n${host}\r\nGET ${url(site, "/2")} HTTP/1.1\r\n${host}Connection: close\r\n\r\n`,
    );
    const text = await readAll(socket);
    expect(text.indexOf("hello GET /1")).toBeGreaterThan(0);
    expect(text.indexOf("hello GET /2")).toBeGreaterThan(text.indexOf("hello GET /1"));
  });

  it("never shows half an answer as a whole one, nor an answer with two framings", async () => {
    expect(await to.raw(http(url(site, "/cut")))).not.toMatch(/half$(?![\s\S])[\s\S]{96}/);
    expect((await to.decision((each) => each.path === "/cut")).reason).toBe("upstream-cut");
    const smuggled = await to.raw(http(url(site, "/raw-garbage")));
    expect(smuggled).toMatch(/^HTTP\/1\.1 502 /);
    expect(smuggled).not.toContain("smuggled");
  });

  it("says 502 when nobody answers at a tested address", async () => {
    expect(await to.raw(http(url("nobody.allowed.test")))).toMatch(/^HTTP\/1\.1 502 /);
    expect(await to.decision((each) => each.host === "nobody.allowed.test")).toMatchObject({
      verdict: "allow",
      reason: "dial-failed",
    });
  });
});

describe("block page", () => {
  it("names the rule, the reason and the request in Japanese and English, and escapes what it shows", async () => {
    const answer = await to.raw(http(url("bad.allowed.test")));
    const record = await to.decision((each) => each.host === "bad.allowed.test");
    const page = Buffer.from(answer, "latin1").toString("utf8");
    expect(page).toMatch(/^HTTP\/1\.1 403 /);
    for (const part of [
      "R010 遮断",
      "このサイトには接続できません",
      "This site cannot be opened",
      record.id,
      "bad.allowed.test",
    ]) {
      expect(page).toContain(part);
    }
    expect(page).toContain("止めています &#60;b&#62;");
    expect(page).toMatch(/Content-Security-Policy: default-src 'none'; style-src 'sha256-/);
    expect(record).toMatchObject({
      verdict: "block",
      rule: "R010",
      reason: "rule",
      message: "止めています <b>",
      status: 403,
    });
  });

  it("names the rules that were looked at before, without a script", async () => {
    const page = Buffer.from(await to.raw(http(url("unlisted.test"))), "latin1").toString("utf8");
    expect(page).toMatch(/<details><summary>.*<li>R010 遮断: 接続先が載っていない/s);
    expect(page).not.toMatch(/<script/i);
  });
});

describe("CONNECT", () => {
  it("carries TLS to the host that both CONNECT and SNI name, and records bytes when it ends", async () => {
    const secure = await to.secure(site);
    secure.write(`GET / HTTP/1.1\r\nHost: ${site}\r\nConnection: close\r\n\r\n`);
    expect(await readAll(secure)).toContain("secure hello");
    const record = await to.decision((each) => each.scheme === "https" && each.verdict === "allow");
    expect(record).toMatchObject({
      rule: "R100",
      reason: "rule",
      method: "CONNECT",
      status: 200,
      address: "127.0.0.1",
      host: site,
    });
    expect(record.bytesUp).toBeGreaterThan(200);
    expect(record.bytesDown).toBeGreaterThan(200);
  });

  const refusals: readonly (readonly [
    sentence: string,
    send: (socket: Socket) => void,
    reason: string,
  ])[] = [
    ["another name in the SNI", (socket) => socket.write(clientHello("evil.test")), "sni-mismatch"],
    [
      "a subdomain in the SNI",
      (socket) => socket.write(clientHello("a.www.allowed.test")),
      "sni-mismatch",
    ],
    ["no SNI", (socket) => socket.write(clientHello(undefined)), "sni-missing"],
    ["HTTP instead of TLS", (socket) => socket.write("GET / HTTP/1.1\r\n\r\n"), "not-tls"],
    ["SSH instead of TLS", (socket) => socket.write("SSH-2.0-x\r\n"), "not-tls"],
    [
      "a hello cut off in the middle",
      (socket) => socket.end(clientHello(site).subarray(0, 40)),
      "incomplete",
    ],
    [
      "a hello of 20 KB",
      (socket) => socket.write(clientHello(site, { padding: 20_000 })),
      "too-large|malformed",
    ],
  ];
  it.each(refusals)("closes on %s without dialling", async (_sentence, send, reason) => {
    const before = to.decisions.length;
    const dialled = to.origins.tlsConnections();
    const { socket, status } = await to.tunnel(site);
    expect(status).toBe(200);
    send(socket);
    socket.resume();
    await once(socket, "close");
    const record = await to.decision((each) => to.decisions.indexOf(each) >= before);
    expect(record).toMatchObject({ verdict: "block", rule: "guard.sni" });
    expect(record.reason).toMatch(new RegExp(`^(?:${reason})$`));
    expect(to.origins.tlsConnections()).toBe(dialled);
  });

  it("reads a ClientHello that came with the CONNECT itself", async () => {
    const before = to.decisions.length;
    const socket = to.connect();
    const target = `${site}:${to.origins.httpsPort}`;
    socket.write(Buffer.concat([Buffer.from(connectTo(target)), clientHello("evil.test")]));
    await readAll(socket);
    expect(await to.newest(before)).toMatchObject({ rule: "guard.sni", reason: "sni-mismatch" });
  });

  it("takes no offence at a spare tunnel that is never used", async () => {
    const before = to.decisions.length;
    const { socket } = await to.tunnel(site);
    socket.destroy();
    const record = await to.decision((each) => to.decisions.indexOf(each) >= before);
    expect(record).toMatchObject({ verdict: "allow", reason: "client-closed" });
  });
});

describe("WebSocket", () => {
  it("passes inside a tunnel to a plain port, as Chromium does it, with one record", async () => {
    const { socket, status } = await to.tunnel(site, to.origins.httpPort);
    expect(status).toBe(200);
    const client = new WebSocket(`ws://${site}:${to.origins.httpPort}/chat`, {
      createConnection: () => {
        // node:http has its listeners on by then; `readHead` left the socket paused.
        setImmediate(() => socket.resume());
        return socket;
      },
    });
    await once(client, "open");
    client.send("こんにちは");
    const [data] = (await once(client, "message")) as [Buffer];
    expect(data.toString()).toBe("echo こんにちは");
    client.close();
    const record = await to.decision((each) => each.path === "/chat");
    expect(record).toMatchObject({
      verdict: "allow",
      rule: "R100",
      scheme: "ws",
      method: "GET",
      status: 101,
    });
    expect(to.decisions.filter((each) => each.scheme === "ws")).toHaveLength(1);
  });

  it("passes in absolute form", async () => {
    const target = url(site, "/abs");
    const client = new WebSocket(`ws://${site}:${to.origins.httpPort}/abs`, {
      createConnection: () => to.connect(),
      finishRequest: (request) => {
        request.path = target;
        request.end();
      },
    });
    await once(client, "open");
    client.close();
    expect(await to.decision((each) => each.path === "/abs")).toMatchObject({
      status: 101,
      rule: "R100",
    });
  });

  it("is the only thing that passes inside a tunnel to a plain port", async () => {
    const before = to.decisions.length;
    const { socket } = await to.tunnel(site, to.origins.httpPort);
    const reached = to.origins.seen.length;
    socket.write(`GET / HTTP/1.1\r\nHost: ${site}:${to.origins.httpPort}\r\n\r\n`);
    expect(await readAll(socket)).toMatch(/^HTTP\/1\.1 400 /);
    expect(await to.newest(before)).toMatchObject({
      rule: "guard.parse",
      reason: "no-websocket-inside",
      host: site,
    });
    expect(to.origins.seen.length).toBe(reached);
  });

  it("inside a tunnel reaches no other host than the tunnel's", async () => {
    const before = to.decisions.length;
    const { socket } = await to.tunnel(site, to.origins.httpPort);
    socket.write(
      "GET / HTTP/1.1\r\nHost: evil.test\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
    );
    expect(await readHead(socket)).toMatch(/^HTTP\/1\.1 400 /);
    expect(await to.newest(before)).toMatchObject({ rule: "guard.parse", reason: "host-mismatch" });
  });
});

describe("the session's own socket", () => {
  it("is for the owner and the group only", async () => {
    expect((await stat(to.socketPath)).mode & 0o777).toBe(0o770);
  });

  it("answers nothing before it is claimed", async () => {
    await using unclaimed = await startHarness({}, false);
    const answer = await unclaimed.raw(
      `GET http://${site}:${unclaimed.origins.httpPort}/ HTTP/1.1\r\nHost: ${site}\r\nConnection: close\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 403 /);
    expect(await unclaimed.decision(() => true)).toMatchObject({
      rule: "guard.unclaimed",
      reason: "session-unclaimed",
    });
    expect(unclaimed.dns.questions).toEqual([]);
  });
});

it("answers internal origins over their socket after the policy said yes, and never resolves them", async () => {
  const practice = createServer((request, response) =>
    response.end(`practice ${request.headers.host ?? ""}`),
  );
  const path = join(to.folder, "practice.sock");
  practice.listen(path);
  await once(practice, "listening");
  const rules =
    "\n  - { id: R050, plane: [isolated], from: { groups: [staff] }, to: { hosts: [kunren.hanare.internal] }, action: allow }";
  await using own = await startHarness({ internalSocket: path, rules, uid: 64_901 });
  const port = own.origins.httpPort;
  await import("node:fs/promises").then(({ chmod }) => chmod(path, 0o777));
  const [response] = (await once(
    get({
      socketPath: own.socketPath,
      path: `http://kunren.hanare.internal:${port}/`,
      headers: { Host: `kunren.hanare.internal:${port}` },
    }),
    "response",
  )) as [import("node:http").IncomingMessage];
  response.setEncoding("utf8");
  expect((await response.toArray()).join("")).toBe(`practice kunren.hanare.internal:${port}`);
  expect(own.dns.questions).toEqual([]);
  await own.decision((each) => each.rule === "R050");
  const before = own.decisions.length;
  const refused = await own.raw(
    `CONNECT kunren.hanare.internal:${own.origins.httpsPort} HTTP/1.1\r\nHost: kunren.hanare.internal:${own.origins.httpsPort}\r\n\r\n`,
  );
  expect(refused).toMatch(/^HTTP\/1\.1 403 /);
  expect(await own.newest(before)).toMatchObject({
    rule: "guard.port",
    reason: "internal-origin-is-plain-http",
  });
  practice.closeAllConnections();
  practice.close();
});

it("brings every tunnel its own bytes and all of them, though quiet ones share a buffer and readers are slow", async () => {
  // Small ones, until nothing more fits between proxy and client; then so much that each gets a buffer of its own.
  const contents = Array.from({ length: 6 }, () => [
    ...Array.from({ length: 80 }, () => randomBytes(7_000)),
    randomBytes(2_000_000),
  ]);
  let next = 0;
  const origin = createTcpServer((socket) => {
    const content = contents[next++] ?? [];
    socket.on("error", () => socket.destroy());
    socket.once("data", () => {
      const send = ([first, ...rest]: readonly Buffer[]) => {
        if (first) socket.write(first, () => setTimeout(send, 2, rest));
        else socket.end();
      };
      send(content);
    });
  });
  origin.listen(0, "127.0.0.1");
  await once(origin, "listening");
  const { port } = origin.address() as AddressInfo;
  await using own = await startHarness({ port });
  const got = await Promise.all(
    contents.map(async () => {
      const { socket } = await own.tunnel(site, port);
      const parts: Buffer[] = [];
      socket.on("data", (part: Buffer) => parts.push(part));
      const ended = new Promise((resolve) => socket.once("end", resolve));
      socket.pause();
      socket.write(clientHello(site));
      setTimeout(() => socket.resume(), 500);
      await ended;
      return Buffer.concat(parts);
    }),
  );
  origin.close();
  const hashes = (all: readonly Buffer[]) =>
    all.map((each) => createHash("sha256").update(each).digest("hex")).sort();
  expect(hashes(got)).toEqual(hashes(contents.map((content) => Buffer.concat(content))));
});
