/**
 * The rows of the attack table that are no case of the abuse suite, because they need a policy or a second
 * look: 9c (fronting), 20 (encrypted name resolution), 21 (encrypted ClientHello), 24 (injection into lists).
 */
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { loadPolicy } from "../../../policies/load.ts";
import { extension, helloMessage, inRecords, serverName } from "../../support/client-hello.ts";
import { type Harness, readAll, startHarness } from "./harness.ts";
import { connectTo, http } from "./requests.ts";

const site = "www.allowed.test";
const denied = readFileSync(new URL("../../../policies/lists/deny.txt", import.meta.url), "utf8")
  .split("\n")
  .filter((line) => /^[a-z.]/.test(line));
let to: Harness;

beforeAll(async () => {
  const rules = `
  - { id: R010, plane: [isolated], to: { hosts: [${denied.join()}] }, action: block }
  - { id: R900, plane: [isolated], to: { any: true }, action: allow }`;
  to = await startHarness({ rules });
});
afterAll(() => to[Symbol.asyncDispose]());

async function refusalOf(bytes: string) {
  const before = to.decisions.length;
  const answer = await to.raw(bytes);
  return { answer, record: await to.newest(before) };
}

describe("row 9c, another host inside the encryption", () => {
  it("is not seen, and the record names the host that was asked for: the limit that the documentation states", async () => {
    const secure = await to.secure(site);
    secure.write("GET / HTTP/1.1\r\nHost: other.test\r\nConnection: close\r\n\r\n");
    expect(await readAll(secure)).toContain("secure hello");
    const record = await to.decision((each) => each.scheme === "https" && each.verdict === "allow");
    expect(record.host).toBe(site);
    const docs = readFileSync(new URL("../../../proxy/README.md", import.meta.url), "utf8");
    expect(docs).toMatch(/cannot see: the inner Host/);
  });

  it.each([".cloudfront.net", ".amazonaws.com", ".azureedge.net", ".github.io", ".co.jp"])(
    "is why opening %s for everybody's content draws a warning with its place",
    async (suffix) => {
      const loaded = await loadText({ "policy.yaml": policyWith(`hosts: ["${suffix}"]`) });
      if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
      expect(loaded.warnings).toHaveLength(1);
      expect(loaded.warnings[0]?.en).toContain(suffix);
    },
  );
});

describe("row 20, encrypted name resolution past the proxy", () => {
  it.each(denied)(
    "%s is refused by a rule, never resolved, although everything else is open",
    async (entry) => {
      const host = entry.startsWith(".") ? `x${entry}` : entry;
      const target = `${host}:${to.origins.httpsPort}`;
      const { answer, record } = await refusalOf(connectTo(target));
      expect(answer).toMatch(/^HTTP\/1\.1 403 /);
      expect(record).toMatchObject({ verdict: "block", rule: "R010", reason: "rule", host });
      expect(to.dns.questions.join()).not.toContain(host);
    },
  );

  it.each([
    ["DNS over TLS", "dns.allowed.test:853", "guard.port", "port-not-allowed"],
    ["plain DNS", "dns.allowed.test:53", "guard.port", "port-not-allowed"],
    ["a resolver by its address", "1.1.1.1:443", "guard.host", "ip-literal"],
    ["a resolver by its IPv6 address", "[2606:4700:4700::1111]:443", "guard.host", "ip-literal"],
  ])("%s is refused", async (_sentence, target, rule, reason) => {
    const { record } = await refusalOf(connectTo(target));
    expect(record).toMatchObject({ verdict: "block", rule, reason });
  });

  it("the canary name that browsers ask before they turn it on is refused over plain HTTP as well", async () => {
    const target = `http://use-application-dns.net:${to.origins.httpPort}/`;
    expect((await refusalOf(http(target))).record).toMatchObject({ rule: "R010" });
  });
});

describe("row 21, an encrypted ClientHello", () => {
  const encrypted = extension(0xfe0d, Buffer.alloc(200, 7));
  const withEch = (outer: string | undefined) =>
    inRecords(helloMessage([...(outer === undefined ? [] : [serverName(outer)]), encrypted]));

  it.each([
    ["whose outer name is another", "public-name.test", "sni-mismatch"],
    ["without an outer name", undefined, "sni-missing"],
  ])("%s is refused before anything is dialled", async (_sentence, outer, reason) => {
    const before = to.decisions.length;
    const dialled = to.origins.tlsConnections();
    const { socket } = await to.tunnel(site);
    socket.write(withEch(outer));
    await readAll(socket);
    expect(await to.newest(before)).toMatchObject({ verdict: "block", rule: "guard.sni", reason });
    expect(to.origins.tlsConnections()).toBe(dialled);
  });

  it("that is only the noise browsers send (the outer name is the host) passes", async () => {
    const dialled = to.origins.tlsConnections();
    const { socket } = await to.tunnel(site);
    socket.write(withEch(site));
    socket.resume();
    // The origin is reached, and finds this hello of ours wanting.
    await once(socket, "close");
    expect(to.origins.tlsConnections()).toBe(dialled + 1);
  });

  it("is off in the isolated browser, as is resolving by itself", () => {
    const file = new URL("../../../images/browser/chromium-policy.json", import.meta.url);
    expect(JSON.parse(readFileSync(file, "utf8"))).toMatchObject({
      EncryptedClientHelloEnabled: false,
      DnsOverHttpsMode: "off",
      QuicAllowed: false,
    });
  });
});

describe("row 24, injection into lists and rules", () => {
  const hostile: readonly (readonly [sentence: string, entry: string])[] = [
    ["a NUL", "a.test\0b.test"],
    ["a carriage return inside", "a.test\rb.test"],
    ["a vertical tab", "a.test\vb.test"],
    ["a space and a second word", "a.test b.test"],
    ["a semicolon", "a.test;b.test"],
    ["a backslash", "a.test\\b"],
    ["a quote", 'a.test"'],
    ["an apostrophe", "a.test'"],
    ["a dollar", "$(id).test"],
    ["a percent sign", "a%2etest"],
    ["an at sign", "good.test@evil.test"],
    ["a scheme", "http://a.test"],
    ["a port", "a.test:443"],
    ["a star in the middle", "a.*.test"],
    ["everything", "*"],
    ["two dots", "a..test"],
    ["an invisible character", "a\u200b.test"],
    ["a text direction mark", "a\u202e.test"],
    ["a Unicode line separator", "a.test\u2028b.test"],
  ];
  it.each(hostile)(
    "a list's line with %s: refused with its file and line",
    async (_sentence, entry) => {
      const loaded = await loadText({
        "policy.yaml": policyWith("file: sites.txt"),
        "sites.txt": `ok.test\n${entry}\n`,
      });
      expect(loaded.ok).toBe(false);
      expect(
        loaded.ok ? [] : loaded.problems.map(({ file, line }) => `${file}:${line}`),
      ).toContainEqual(expect.stringMatching(/sites\.txt:2$/));
    },
  );

  it.each([
    ["a line break in a message", 'message: "a\\nb"'],
    ["a control character in a name", 'name: "a\\u0007b"'],
    ["a space in an id", "id: R 1"],
    ["an unknown key", "accept: everything"],
  ])("a rule with %s is refused", async (_sentence, field) => {
    const id = field.startsWith("id:") ? "" : "id: R1, ";
    const text = `version: 1\nname: t\nrules: [{ ${id}${field}, plane: [isolated], to: { any: true }, action: allow }]\n`;
    expect((await loadText({ "policy.yaml": text })).ok).toBe(false);
  });
});

const policyWith = (list: string) => `version: 1
name: t
lists: { sites: { ${list} } }
rules: [{ id: R1, plane: [isolated], to: { lists: [sites] }, action: allow }]
`;

async function loadText(files: Readonly<Record<string, string>>) {
  const folder = await mkdtemp(join(tmpdir(), "hanare-test-"));
  try {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
    return await loadPolicy(join(folder, "policy.yaml"));
  } finally {
    await rm(folder, { recursive: true });
  }
}
