/**
 * 特定通信 that a rule sends through a parent proxy: the terminal plane knows the same parents as the isolated
 * one, with the same logins, and goes past none of them.
 */
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";
import { connect as tlsConnect } from "node:tls";
import { afterAll, beforeAll, expect, it } from "vitest";
import { clientHello } from "../../support/client-hello.ts";
import { freePort } from "../../support/free-port.ts";
import { type Squid, startSquid } from "../../support/squid.ts";
import { readAll } from "./harness.ts";
import { startTerminalHarness, type TerminalHarness } from "./terminal-harness.ts";

/** The one name that the test's name server knows outside. */
const site = "www.update.test";
const password = "ひみつ pass:word";
const stack = new AsyncDisposableStack();
const toAsking: string[] = [];
let to: TerminalHarness;
let squid: Squid;
let parents: Record<"squid" | "asking" | "dead", string>;

beforeAll(async () => {
  const asking = createServer((socket) => {
    socket.on("error", () => socket.destroy());
    socket.once("data", (bytes) => {
      toAsking.push(bytes.toString("latin1"));
      socket.end("HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm=parent\r\n\r\n");
    });
  });
  asking.listen(0, "127.0.0.1");
  await once(asking, "listening");
  stack.defer(() => void asking.close());
  const [squidPort, deadPort] = [await freePort(), await freePort()];
  const { port: askingPort } = asking.address() as AddressInfo;
  parents = {
    squid: `{ host: 127.0.0.1, port: ${squidPort} }`,
    asking: `{ host: 127.0.0.1, port: ${askingPort}, auth: { user: city, password_file: a } }`,
    dead: `{ host: 127.0.0.1, port: ${deadPort} }`,
  };
  squid = stack.use(
    await startSquid({
      port: squidPort,
      hosts: { [site]: "127.0.0.1" },
      rules: ["http_access allow all"],
    }),
  );
  to = stack.use(await startTerminalHarness({ secrets: { asking: password } }));
}, 60_000);
afterAll(() => stack.disposeAsync());

const through = (parent: keyof typeof parents) =>
  to.usePolicy(`
  - { id: T100, plane: [terminal], to: { hosts: [.update.test] }, action: direct, via: ${parent} }
parents:
  ${parent}: ${parents[parent]}`);

it("goes through the parent, as a request and as a tunnel that nobody opens", async () => {
  await through("squid");
  const answer = await to.ask(to.site(site, "/through-parent"));
  expect(answer).toMatchObject({ status: 200, body: "hello GET /through-parent" });
  const { socket, head } = await to.tunnel(site);
  expect(head).toContain(" 200 ");
  const secure = tlsConnect({ socket, servername: site, rejectUnauthorized: false });
  await once(secure, "secureConnect");
  expect(secure.getPeerCertificate().subject.CN).toBe("hanare test");
  secure.write(`GET / HTTP/1.1\r\nHost: ${site}\r\nConnection: close\r\n\r\n`);
  expect(await readAll(secure)).toContain("secure hello");
  for (const scheme of ["http", "https"])
    expect(await to.decision((each) => each.scheme === scheme)).toMatchObject({
      plane: "terminal",
      terminal: "127.0.0.1",
      verdict: "direct",
      rule: "T100",
      via: "squid",
      status: 200,
    });
  await expect
    .poll(() => readFile(join(squid.folder, "access.log"), "utf8"))
    .toContain(`CONNECT ${site}:${to.origins.httpsPort}`);
});

it("holds a tunnel until its ClientHello names the host, and refuses what leads inside", async () => {
  await through("squid");
  const { socket } = await to.tunnel(site);
  socket.write(clientHello("evil.test"));
  expect(await readAll(socket)).toBe("");
  expect(await to.decision(({ rule }) => rule === "guard.sni")).toMatchObject({ host: site });
  expect((await to.ask(to.site("inside.update.test"))).status).toBe(403);
  expect(await to.decision(({ rule }) => rule === "guard.deny_ip")).toMatchObject({
    address: "10.0.0.5",
  });
});

it.each([
  ["dead", "parent-unreachable"],
  ["asking", "parent-auth"],
] as const)("a parent that is %s opens no way past it", async (parent, reason) => {
  await through(parent);
  const reached = to.origins.seen.length;
  const tlsReached = to.origins.tlsConnections();
  const answer = await to.ask(to.site(site));
  expect(answer.status).toBe(502);
  expect(answer.headers["proxy-authenticate"]).toBeUndefined();
  const { socket } = await to.tunnel(site);
  socket.write(clientHello(site));
  expect(await readAll(socket)).toBe("");
  for (const scheme of ["http", "https"]) {
    const fits = (each: (typeof to.decisions)[number]) =>
      each.scheme === scheme && each.reason === reason;
    expect(await to.decision(fits)).toMatchObject({ via: parent });
  }
  expect(to.origins.seen).toHaveLength(reached);
  expect(to.origins.tlsConnections()).toBe(tlsReached);
});

it("the parent gets its login, and no record does", () => {
  const login = Buffer.from(`city:${password}`).toString("base64");
  expect(toAsking).toHaveLength(2);
  for (const head of toAsking) expect(head).toContain(`Proxy-Authorization: Basic ${login}\r\n`);
  for (const secret of [login, password])
    expect(JSON.stringify(to.decisions)).not.toContain(secret);
});
