/** The proxies' side of the signer when the clock is set: real certificates, over a real socket. */
import { mkdtemp, rm } from "node:fs/promises";
import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { checkRedirectCa } from "../../../setup/checks/redirect-ca.ts";
import { type Authority, ensureAuthority } from "../../../proxy/signer/authority.ts";
import { SignerClient } from "../../../proxy/signer/client.ts";
import { mintRequest } from "../../../proxy/signer/ipc.ts";
import { mint } from "../../../proxy/signer/mint.ts";

const dayMs = 86_400_000;
const start = Date.parse("2026-11-25T00:00:00Z");

let folder: string;
let server: Server;
let client: SignerClient;
let authority: Authority;
let now: number;
let asked: number;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "hanare-test-"));
  now = start;
  asked = 0;
  authority = await ensureAuthority(folder, "terminal", [], now);
  server = createServer((socket) => {
    createInterface({ input: socket }).on("line", (line) => {
      const { id, host, publicKey } = mintRequest.parse(JSON.parse(line));
      asked += 1;
      const key = Buffer.from(publicKey, "base64");
      void mint(authority, { host, publicKey: key }, [], now).then((minted) => {
        const answer = minted.ok
          ? { id, certificate: minted.der.toString("base64"), notAfter: minted.notAfter }
          : { id, error: minted.reason };
        socket.write(`${JSON.stringify(answer)}\n`);
      });
    });
  });
  await once(server.listen(join(folder, "s.sock")), "listening");
  client = new SignerClient(join(folder, "s.sock"), () => now);
});
afterEach(async () => {
  client[Symbol.dispose]();
  server.close();
  await once(server, "close");
  await rm(folder, { recursive: true });
});

describe("a certificate that was made", () => {
  it.each([
    ["the same moment", 0, 1],
    ["an hour before its end", 23 * 3_600_000 - 1, 1],
    ["its last hour", 23 * 3_600_000, 2],
    ["a year later", 365 * dayMs, 2],
    ["a little earlier, by a clock that was set", -3_600_000, 1],
    ["a day earlier, when it is not valid yet", -dayMs, 2],
  ])("at %s", async (_what, laterMs, times) => {
    // An authority that is valid at all of these times.
    await rm(join(folder, "redirect-ca.crt"));
    authority = await ensureAuthority(folder, "terminal", [], start - 10 * dayMs);
    expect(await client.contextFor("www.example.test")).toBeDefined();
    now = start + laterMs;
    expect(await client.contextFor("www.example.test")).toBeDefined();
    expect(asked).toBe(times);
  });
});

describe("an authority that is not valid at the clock's time", () => {
  it.each([
    ["over", start + 6 * 365 * dayMs],
    ["yet to come", start - 2 * dayMs],
  ])("signs nothing when it is %s, and is not asked again and again", async (_what, at) => {
    now = at;
    expect(await client.contextFor("www.example.test")).toBeUndefined();
    // Not even a clock that is set makes the failure last, or count for another host.
    now = at - 1000;
    expect(await client.contextFor("www.example.test")).toBeUndefined();
    expect(asked).toBe(1);
  });

  it.each([
    ["well", start, "ok", undefined],
    ["soon over", start + (5 * 365 - 60) * dayMs, "warn", "REDIRECT_CA_RENEW"],
    ["over", start + 6 * 365 * dayMs, "fail", "REDIRECT_CA_RENEW"],
    ["yet to come", start - 2 * dayMs, "fail", "CLOCK_WRONG"],
  ])("is %s, says the doctor", async (_what, at, level, code) => {
    const finding = await checkRedirectCa(folder, at);
    expect([finding.level, finding.problem?.code]).toEqual([level, code]);
  });
});
