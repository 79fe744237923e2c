/**
 * Traffic that a rule sends through a parent proxy: Debian's Squid, plain and over TLS, with and without a
 * login; and parents that are dead, slow, wrong or wrongly certified, which never open a way past them.
 */
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { join } from "node:path";
import { connect as tlsConnect, createServer as createTlsServer } from "node:tls";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { freePort } from "../../support/free-port.ts";
import { clientHello } from "../../support/client-hello.ts";
import { type Squid, startSquid } from "../../support/squid.ts";
import { makeTestCertificate, type TestCertificate } from "../../support/tls.ts";
import { type Harness, readAll, startHarness } from "./harness.ts";

const site = "www.allowed.test";
/** Known to the parent only. */
const far = "far.allowed.test";
const parentName = "proxy.pref.test";
const password = "ひみつ pass:word";

let certificate: TestCertificate;
let other: TestCertificate;
let to: Harness;
let plain: Squid;
let secure: Squid;
const ports = { plain: 0, secure: 0, expired: 0, dead: 0, silent: 0, slow: 0, rude: 0 };
/** How long a parent may take to answer a CONNECT; the slow one takes longer, for requests. */
const parentMs = 400;
const stack = new AsyncDisposableStack();
let rudeAnswer = "";
const toRude: string[] = [];

/** One rule and one parent for each way, told apart by the host. */
const rules = (ca: string, wrongCa: string) => `
  - { id: P1, plane: [isolated], to: { hosts: [${site}] }, action: allow, via: plain }
  - { id: P2, plane: [isolated], to: { hosts: [tls.allowed.test] }, action: allow, via: secure }
  - { id: P3, plane: [isolated], to: { hosts: [nologin.allowed.test] }, action: allow, via: nologin }
  - { id: P4, plane: [isolated], to: { hosts: [dead.allowed.test] }, action: allow, via: dead }
  - { id: P5, plane: [isolated], to: { hosts: [silent.allowed.test] }, action: allow, via: silent }
  - { id: P6, plane: [isolated], to: { hosts: [rude.allowed.test] }, action: allow, via: rude }
  - { id: P7, plane: [isolated], to: { hosts: [wrongca.allowed.test] }, action: allow, via: wrongca }
  - { id: P8, plane: [isolated], to: { hosts: [nosecret.allowed.test] }, action: allow, via: nosecret }
  - { id: P9, plane: [isolated], to: { hosts: [lost.allowed.test] }, action: allow, via: lost }
  - { id: P10, plane: [isolated], to: { hosts: [wrongname.allowed.test] }, action: allow, via: wrongname }
  - { id: P11, plane: [isolated], to: { hosts: [nottls.allowed.test] }, action: allow, via: nottls }
  - { id: P12, plane: [isolated], to: { hosts: [expired.allowed.test] }, action: allow, via: expired }
  - { id: P13, plane: [isolated], to: { hosts: [slow.allowed.test] }, action: allow, via: slow }
  - { id: P20, plane: [isolated], to: { hosts: [${far}] }, action: allow, via: both }
  - { id: P21, plane: [isolated], to: { hosts: [theirs.allowed.test] }, action: allow, via: theirs }
  - { id: P22, plane: [isolated], to: { hosts: [.allowed.test] }, action: allow, via: both }
parents:
  plain: { host: 127.0.0.1, port: ${ports.plain}, auth: { user: city, password_file: a } }
  both: { host: 127.0.0.1, port: ${ports.plain}, resolve: both, auth: { user: city, password_file: a } }
  theirs: { host: 127.0.0.1, port: ${ports.plain}, resolve: theirs, auth: { user: city, password_file: a } }
  nologin: { host: 127.0.0.1, port: ${ports.plain} }
  nosecret: { host: 127.0.0.1, port: ${ports.plain}, auth: { user: city, password_file: b } }
  secure: { host: ${parentName}, port: ${ports.secure}, tls: true, ca_file: ${ca}, auth: { user: city, password_file: a } }
  wrongca: { host: ${parentName}, port: ${ports.secure}, tls: true, ca_file: ${wrongCa} }
  wrongname: { host: other.pref.test, port: ${ports.secure}, tls: true, ca_file: ${ca} }
  nottls: { host: ${parentName}, port: ${ports.rude}, tls: true, ca_file: ${ca} }
  expired: { host: ${parentName}, port: ${ports.expired}, tls: true, ca_file: expired.pem }
  slow: { host: 127.0.0.1, port: ${ports.slow} }
  dead: { host: 127.0.0.1, port: ${ports.dead} }
  silent: { host: 127.0.0.1, port: ${ports.silent} }
  rude: { host: 127.0.0.1, port: ${ports.rude} }
  lost: { host: no-such-parent.test, port: 8080 }
`;

async function listening(onSocket: (socket: Socket) => void): Promise<number> {
  const server = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    onSocket(socket);
  });
  stack.defer(() => void server.close());
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

beforeAll(async () => {
  [certificate, other] = await Promise.all([
    makeTestCertificate([parentName]),
    makeTestCertificate([parentName]),
  ]);
  ports.dead = await freePort();
  ports.plain = await freePort();
  ports.secure = await freePort();
  ports.silent = await listening((socket) => socket.resume());
  ports.slow = await listening((socket) =>
    socket.once("data", () => {
      const answer = "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nConnection: close\r\n\r\nlate";
      setTimeout(() => socket.end(answer), 2 * parentMs);
    }),
  );
  const expired = await makeTestCertificate([parentName], -60_000);
  const withExpired = createTlsServer(expired, (socket) => socket.destroy());
  withExpired.on("tlsClientError", () => undefined);
  stack.defer(() => void withExpired.close());
  withExpired.listen(0, "127.0.0.1");
  await once(withExpired, "listening");
  ports.expired = (withExpired.address() as AddressInfo).port;
  ports.rude = await listening((socket) =>
    socket.once("data", (bytes) => {
      toRude.push(bytes.toString("latin1"));
      socket.end(rudeAnswer);
    }),
  );
  to = stack.use(
    await startHarness({
      names: {
        [parentName]: ["127.0.0.1"],
        "other.pref.test": ["127.0.0.1"],
        ...Object.fromEntries(
          ["tls", "nologin", "dead", "silent", "rude", "wrongca", "nosecret", "lost"]
            .concat("wrongname", "nottls", "expired", "slow")
            .map((name) => [`${name}.allowed.test`, ["127.0.0.1"]]),
        ),
        "inside.allowed.test": ["10.1.2.3"],
        "failing.allowed.test": "fail",
      },
      files: { "ca.pem": certificate.cert, "other.pem": other.cert, "expired.pem": expired.cert },
      rules: rules("ca.pem", "other.pem"),
      secrets: Object.fromEntries(
        ["plain", "both", "theirs", "secure"].map((id) => [id, password]),
      ),
      limits: { parentMs },
    }),
  );
  const users = join(to.folder, "users");
  await writeFile(
    users,
    `#!/bin/sh\nwhile read -r line; do [ "$line" = "city ${helperWord}" ] && echo OK || echo ERR; done\n`,
    { mode: 0o755 },
  );
  const common = {
    hosts: Object.fromEntries(
      [site, far, "tls.allowed.test", "theirs.allowed.test"].map((name) => [name, "127.0.0.1"]),
    ),
    rules: [
      `auth_param basic program ${users}`,
      "auth_param basic children 1",
      "auth_param basic realm parent",
      "acl known proxy_auth REQUIRED",
      "http_access allow known",
      "http_access deny all",
    ],
  };
  plain = stack.use(await startSquid({ ...common, port: ports.plain }));
  secure = stack.use(await startSquid({ ...common, port: ports.secure, tls: certificate }));
}, 60_000);

/** As Squid hands a password to its helper. */
const helperWord = encodeURIComponent(password).replaceAll("%3A", ":");

afterAll(async () => {
  await stack.disposeAsync();
});

function get(host: string, path = "/"): Promise<string> {
  const authority = `${host}:${to.origins.httpPort}`;
  return to.raw(
    `GET http://${authority}${path} HTTP/1.1\r\nHost: ${authority}\r\nConnection: close\r\n\r\n`,
  );
}

async function getSecurely(host: string): Promise<string> {
  const { socket, status } = await to.tunnel(host);
  expect(status).toBe(200);
  const tls = tlsConnect({ socket, servername: host, rejectUnauthorized: false });
  await once(tls, "secureConnect");
  tls.write(`GET / HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
  return readAll(tls);
}

/** The end of a tunnel whose ClientHello is in order. */
async function sayHello(host: string): Promise<string> {
  const { socket, status } = await to.tunnel(host);
  expect(status).toBe(200);
  socket.write(clientHello(host));
  return readAll(socket);
}

const logOf = (squid: Squid) => readFile(join(squid.folder, "access.log"), "utf8");

describe("through Squid", () => {
  it.each([
    ["plain, with a login", site, "plain", "P1"],
    [
      "over TLS that the site's own authority vouches for, with a login",
      "tls.allowed.test",
      "secure",
      "P2",
    ],
    ["a name that only the parent knows (resolve: both)", far, "both", "P20"],
    [
      "a name that nobody here is asked about (resolve: theirs)",
      "theirs.allowed.test",
      "theirs",
      "P21",
    ],
  ])("goes a request: %s", async (_sentence, host, via, rule) => {
    const path = `/through-${via}`;
    expect(await get(host, path)).toContain(`hello GET ${path}`);
    const record = await to.decision((each) => each.path === path);
    expect(record).toMatchObject({
      verdict: "allow",
      rule,
      via,
      status: 200,
      address: "127.0.0.1",
    });
    const seen = to.origins.seen.find((each) => each.url === path);
    // Squid has been there, and our login stayed with it.
    expect(seen?.rawHeaders.join(" ")).toMatch(/hanare-[0-9a-f]{16}.*squid/);
    expect(seen?.rawHeaders.join(" ")).not.toMatch(/Proxy-Authorization/i);
  });

  it.each([
    ["plain", site, () => plain],
    ["TLS", "tls.allowed.test", () => secure],
  ])("goes a tunnel: %s", async (_sentence, host, squid) => {
    expect(await getSecurely(host)).toContain("secure hello");
    const record = await to.decision((each) => each.host === host && each.scheme === "https");
    expect(record).toMatchObject({ verdict: "allow", status: 200, reason: "rule" });
    expect(record.bytesDown).toBeGreaterThan(200);
    await expect.poll(() => logOf(squid())).toContain(`CONNECT ${host}:${to.origins.httpsPort}`);
  });

  it("goes a WebSocket, both ways that browsers know", async () => {
    const { socket } = await to.tunnel(site, to.origins.httpPort);
    const inside = new WebSocket(`ws://${site}:${to.origins.httpPort}/inside`, {
      createConnection: () => {
        setImmediate(() => socket.resume());
        return socket;
      },
    });
    const absolute = new WebSocket(`ws://${site}:${to.origins.httpPort}/absolute`, {
      createConnection: () => to.connect(),
      finishRequest: (request) => {
        request.path = `http://${site}:${to.origins.httpPort}/absolute`;
        request.end();
      },
    });
    for (const [client, path] of [
      [inside, "/inside"],
      [absolute, "/absolute"],
    ] as const) {
      if (client.readyState !== WebSocket.OPEN) await once(client, "open");
      client.send("こんにちは");
      expect(String((await once(client, "message"))[0])).toBe("echo こんにちは");
      client.close();
      expect(await to.decision((each) => each.path === path)).toMatchObject({
        status: 101,
        via: "plain",
      });
    }
  });

  it("goes a body, and connections to the parent are kept", async () => {
    const authority = `${site}:${to.origins.httpPort}`;
    const socket = to.connect();
    const post = (path: string, last: string) =>
      `POST http://${authority}${path} HTTP/1.1\r\nHost: ${authority}\r\nContent-Length: 5\r\n${last}\r\nhello`;
    socket.write(post("/kept1", ""));
    await once(socket, "data");
    socket.write(post("/kept2", "Connection: close\r\n"));
    expect(await readAll(socket)).toContain("hello POST /kept2");
    expect(
      to.origins.seen.filter(({ url }) => url.startsWith("/kept")).map(({ body }) => body),
    ).toEqual(["hello", "hello"]);
  });
});

it("a slow parent is waited for with a request: the time may be the site's own", async () => {
  expect(await get("slow.allowed.test")).toMatch(/^HTTP\/1\.1 200 [\s\S]*late$/);
  const record = await to.decision((each) => each.rule === "P13");
  expect(record).toMatchObject({ via: "slow", status: 200, reason: "rule" });
  expect(record.durationMs).toBeGreaterThan(parentMs);
});

describe("guards stay as they are without a parent", () => {
  it("refuses a name that resolves to the inside, and never asks the parent", async () => {
    expect(await get("inside.allowed.test")).toMatch(/^HTTP\/1\.1 403 /);
    expect(await to.decision((each) => each.host === "inside.allowed.test")).toMatchObject({
      verdict: "block",
      rule: "guard.deny_ip",
      address: "10.1.2.3",
    });
    expect(await logOf(plain)).not.toContain("inside.allowed.test");
  });

  it("refuses a name whose server fails: that is not «unknown here»", async () => {
    expect(await get("failing.allowed.test")).toMatch(/^HTTP\/1\.1 502 /);
    expect(await to.decision((each) => each.host === "failing.allowed.test")).toMatchObject({
      rule: "guard.dns",
      reason: "dns-server-failed",
    });
  });

  it("holds a tunnel until the name in its ClientHello is the host's", async () => {
    const { socket } = await to.tunnel(far);
    socket.write(clientHello("evil.test"));
    await readAll(socket);
    expect(
      await to.decision((each) => each.host === far && each.rule === "guard.sni"),
    ).toMatchObject({
      reason: "sni-mismatch",
    });
    expect(await logOf(plain)).not.toContain(`CONNECT ${far}`);
  });
});

describe("a parent that cannot be had is a refusal with its reason, not a way around", () => {
  const failures: readonly (readonly [
    sentence: string,
    host: string,
    reason: string,
    answer: string,
  ])[] = [
    ["nobody listens", "dead.allowed.test", "parent-unreachable", ""],
    ["it says nothing to a tunnel", "silent.allowed.test", "parent-timeout", ""],
    ["it wants a login and we have none", "nologin.allowed.test", "parent-auth", ""],
    ["another authority vouches for it", "wrongca.allowed.test", "parent-certificate", ""],
    ["its certificate is another host's", "wrongname.allowed.test", "parent-certificate", ""],
    ["its certificate is past its day", "expired.allowed.test", "parent-certificate", ""],
    ["it does not speak TLS", "nottls.allowed.test", "parent-tls", "HTTP/1.0 400 Bad\r\n\r\n"],
    ["it refuses", "rude.allowed.test", "parent-refused", "HTTP/1.1 403 No\r\n\r\n"],
    ["it talks nonsense", "rude.allowed.test", "parent-answer", "SSH-2.0-x\r\n\r\n"],
    ["it hangs up", "rude.allowed.test", "parent-answer", ""],
    [
      "its head has no end",
      "rude.allowed.test",
      "parent-answer",
      `HTTP/1.1 200 ${"a".repeat(20_000)}`,
    ],
  ];
  it.each(failures)("tunnel: %s", async (_sentence, host, reason, answer) => {
    rudeAnswer = answer;
    const before = to.decisions.length;
    const reached = to.origins.tlsConnections();
    expect(await sayHello(host)).toBe("");
    expect(await to.newest(before)).toMatchObject({ host, reason });
    expect(to.origins.tlsConnections()).toBe(reached);
  });

  it.each([
    ["nobody listens", "dead.allowed.test", "parent-unreachable"],
    ["it wants a login and we have none", "nologin.allowed.test", "parent-auth"],
    ["another authority vouches for it", "wrongca.allowed.test", "parent-certificate"],
    ["its certificate is past its day", "expired.allowed.test", "parent-certificate"],
    ["its password cannot be read", "nosecret.allowed.test", "parent-secret-missing"],
    ["its own name is unknown", "lost.allowed.test", "parent-unresolved"],
  ])("request: %s", async (_sentence, host, reason) => {
    const before = to.decisions.length;
    const reached = to.origins.seen.length;
    const answer = await get(host);
    expect(answer).toMatch(/^HTTP\/1\.1 502 /);
    // The parent's wish for a login is not the browser's business: people would type passwords into it.
    expect(answer).not.toMatch(/Proxy-Authenticate|realm/i);
    expect(await to.newest(before)).toMatchObject({ host, reason });
    expect(to.origins.seen.length).toBe(reached);
  });
});

it("tells the password to the parent alone: not in a record, not in the policy", async () => {
  rudeAnswer = "HTTP/1.1 403 No\r\n\r\n";
  await sayHello("rude.allowed.test");
  expect(toRude.at(-1) ?? "").not.toContain("Proxy-Authorization");
  const secret = Buffer.from(`city:${password}`).toString("base64");
  const policy = JSON.stringify(await to.policy(rules("ca.pem", "other.pem")));
  for (const text of [JSON.stringify(to.decisions), policy]) {
    expect(text).not.toContain(password);
    expect(text).not.toContain(secret);
  }
});
