/**
 * Feeds as the product fetches them: the real schedule, the real egress proxy with its guards, the real
 * process that reads what came, a real policy desk and watch. The server is a real one on loopback, which
 * the test policy opens with guards.permit_ip.
 */
import { once } from "node:events";
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { pino } from "pino";
import { afterEach, beforeEach, expect, it } from "vitest";
import { loadSigningKey } from "../../../orchestrator/audit/keys.ts";
import { queryAudit } from "../../../orchestrator/audit/query.ts";
import { createAuditWriter } from "../../../orchestrator/audit/writer.ts";
import { Feeds } from "../../../orchestrator/egress/feeds/feeds.ts";
import { type PolicyWatch, watchPolicy } from "../../../orchestrator/egress/policy-watch.ts";
import { PolicyDesk } from "../../../orchestrator/policy-desk/desk.ts";
import { openDatabase } from "../../../orchestrator/store/database.ts";
import { decide } from "../../../policies/match.ts";
import { type DnsServer, startDnsServer } from "../../support/dns-server.ts";
import { startSquid } from "../../support/squid.ts";
import { makeTestCertificate, type TestCertificate } from "../../support/tls.ts";

const host = "lists.feed.test";
const quiet = pino({ level: "silent" });
const logged: string[] = [];
const log = pino({ level: "error" }, { write: (line: string) => void logged.push(line) });

let certificate: TestCertificate;
let stack: AsyncDisposableStack;
let data: string;
let server: Server;
let dns: DnsServer;
let answer: { status: number; body: string; etag?: string };
let requests: { etag: string | undefined }[];
/** Added to the clock of the feeds. */
let laterMs: number;

beforeEach(async () => {
  stack = new AsyncDisposableStack();
  data = mkdtempSync(join(tmpdir(), "hanare-test-"));
  stack.defer(() => rmSync(data, { recursive: true }));
  requests = [];
  logged.length = 0;
  laterMs = 0;
  certificate = await makeTestCertificate([host]);
  server = createServer({ key: certificate.key, cert: certificate.cert }, (request, response) => {
    const etag = request.headers["if-none-match"];
    requests.push({ etag });
    const isKnown = answer.etag !== undefined && etag === answer.etag;
    response.writeHead(isKnown ? 304 : answer.status, answer.etag ? { ETag: answer.etag } : {});
    response.end(isKnown ? undefined : answer.body);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  stack.defer(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });
  dns = stack.use(
    await startDnsServer({ names: { [host]: ["127.0.0.1"], "inside.feed.test": ["10.0.0.5"] } }),
  );
});
afterEach(() => stack.disposeAsync());

interface Started {
  readonly feeds: Feeds;
  readonly watch: PolicyWatch;
  readonly desk: PolicyDesk;
  readonly database: DatabaseSync;
  readonly copy: () => string;
  readonly verdict: (name: string) => string | undefined;
  readonly audited: () => string[];
}

async function start(
  change: {
    url?: string;
    permit?: string;
    ca?: string;
    feed?: string;
    list?: string;
    more?: string;
    action?: string;
  } = {},
): Promise<Started> {
  const { port } = server.address() as AddressInfo;
  const { url = `https://${host}:${port}/list.txt`, permit = "127.0.0.0/8" } = change;
  const folder = join(data, "policy");
  const file = join(folder, "policy.yaml");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "ca.pem"), change.ca ?? certificate.cert);
  writeFileSync(
    file,
    `version: 1
name: feeds
defaults: { isolated: ${change.action === "allow" ? "block" : "allow"} }
guards:
  ports: { connect: [443, ${port}] }
  permit_ip: [${permit}]
feeds:
  ads: { url: "${url}", ca_file: ca.pem, format: [hosts, domains], every: 1h, max_bytes: 50000${change.feed ?? ""} }
lists:
  ads: { feed: ads, max_age: 1d${change.list ?? ""} }
rules:
  - { id: R1, plane: [isolated], to: { lists: [ads] }, action: ${change.action ?? "block"} }
${change.more ?? ""}`,
  );
  // Walked through by both helper processes, which give up root where the tests have it.
  chmodSync(data, 0o711);
  const uid = process.getuid?.() === 0 ? 64_901 : undefined;
  const database = openDatabase(join(data, "hanare.db"));
  stack.defer(() => database.close());
  const signingKey = loadSigningKey(join(data, "keys"));
  const audit = createAuditWriter({ database, now: Date.now, signingKey });
  stack.defer(() => audit[Symbol.dispose]());
  const desk = new PolicyDesk({
    ...{ database, file, audit, now: Date.now, members: () => [] },
    historyDir: join(data, "policy-history"),
    decisionsDir: join(data, "decisions"),
  });
  await desk.recover();
  const watch = stack.use(
    await watchPolicy({
      ...{ file, log: quiet, onPolicy: () => undefined, onProblems: () => undefined },
      isHalfWritten: () => desk.isHalfWritten(),
      onFiles: (files, version) => desk.noticed(files, version),
    }),
  );
  const feeds = stack.use(
    new Feeds({
      ...{ database, audit, log, uid, runFolder: data },
      now: () => Date.now() + laterMs,
      dnsServers: [dns.address],
      policyFolder: folder,
      heldFolder: join(data, "feeds"),
      exclusively: async (work) => {
        await watch.exclusively(work);
        return watch.status().problems.map((problem) => problem.file);
      },
    }),
  );
  const prepared = () => {
    const found = watch.prepared();
    if (!found) throw new Error(JSON.stringify(watch.status().problems));
    return found;
  };
  const ask = { plane: "isolated", user: "u", groups: [], port: 443, via: "connect" } as const;
  return {
    ...{ feeds, watch, desk, database },
    copy: () => readFileSync(join(folder, "feeds/ads.txt"), "utf8"),
    verdict: (name) => decide(prepared(), { ...ask, host: name, at: Date.now() }).verdict,
    audited: () =>
      queryAudit(database, {})
        .records.filter(({ action }) => action === "feed")
        .map(({ outcome, reason }) => `${outcome} ${reason}`)
        .reverse(),
  };
}

const names = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, at) => `0.0.0.0 n${from + at}.example\n`).join("");

async function outcomes(feeds: Feeds): Promise<string> {
  const outcome = () => feeds.status()[0]?.outcome ?? "waiting";
  await expect.poll(outcome).not.toMatch(/waiting|running/);
  return outcome();
}

it("is fetched by itself once a policy names it, decides, and becomes a version", async () => {
  answer = { status: 200, body: names(0, 100), etag: '"a"' };
  const { feeds, watch, desk, verdict, copy, audited } = await start();
  expect(verdict("n7.example")).toBe("allow");
  feeds.configure(watch.policy() ?? never());
  expect(await outcomes(feeds)).toBe("taken");
  expect(verdict("n7.example")).toBe("block");
  expect(copy()).toMatch(/^# ads https:\/\/lists\.feed\.test/);
  expect(desk.versions.current()).toMatchObject({ source: "feed", note: "ads" });
  const [view] = feeds.status();
  expect(view).toMatchObject({ lists: ["ads"], failures: 0, isOld: false, held: null });
  const waits = Date.parse(view?.nextAt ?? "") - Date.now();
  expect(waits).toBeGreaterThan(0.85 * 3_600_000);
  expect(waits).toBeLessThan(1.15 * 3_600_000);

  // Asked again it says that it knows that copy, unless somebody put another one there.
  expect((await feeds.look("ads")).outcome).toBe("unchanged");
  expect(requests.map(({ etag }) => etag)).toEqual([undefined, '"a"']);
  writeFileSync(join(data, "policy/feeds/ads.txt"), "other.example\n");
  await watch.reload();
  expect((await feeds.look("ads")).outcome).toBe("held");
  expect(requests.at(-1)?.etag).toBeUndefined();
  expect(audited()).toEqual(["success taken", "refused held"]);
});

it("that cannot be written down (disk full) is tried again later, and ends no process", async () => {
  answer = { status: 404, body: "" };
  const { feeds, watch, database } = await start();
  // SQLite's own refusal to write, as a full disk has it.
  database.exec("PRAGMA query_only = ON");
  const failed = () => logged.filter((line) => line.includes('"event":"feeds"')).length;
  feeds.configure(watch.policy() ?? never());
  await expect.poll(failed).toBe(1);
  // Not at once: a server of lists would be asked without end.
  expect(requests).toHaveLength(1);
  database.exec("PRAGMA query_only = OFF");
  expect((await feeds.look("ads")).outcome).toBe("unreachable");
});

it("holds what changes too much until somebody accepts exactly that", async () => {
  answer = { status: 200, body: names(0, 100) };
  const { feeds, watch, verdict, audited } = await start();
  feeds.configure(watch.policy() ?? never());
  await outcomes(feeds);
  answer.body = names(0, 10);
  const held = await feeds.look("ads");
  expect(held).toMatchObject({ outcome: "held", held: { entries: 10, added: 0, removed: 90 } });
  expect(verdict("n50.example")).toBe("block");
  // What the server says meanwhile is not what was looked at.
  answer.body = "";
  const accepted = await feeds.accept("ads", { id: "u1", name: "hanako" });
  expect(accepted).toMatchObject({ outcome: "taken", held: null });
  expect([verdict("n5.example"), verdict("n50.example")]).toEqual(["block", "allow"]);
  await expect(feeds.accept("ads", { id: "u1", name: "h" })).rejects.toMatchObject({
    code: "NOT_FOUND",
  });
  expect(audited()).toEqual(["success taken", "refused held", "success taken"]);
});

it("keeps the last good copy through everything that goes wrong, and waits longer each time", async () => {
  answer = { status: 200, body: names(0, 100) };
  const { feeds, watch, copy } = await start();
  feeds.configure(watch.policy() ?? never());
  await outcomes(feeds);
  const good = copy();
  const pauses: number[] = [];
  for (const [status, body, kind] of [
    [500, "", "unreachable"],
    [302, "", "unreachable"],
    [404, "", "unreachable"],
    [200, "<html>", "refused"],
    [200, names(0, 3000), "too-large"],
  ] as const) {
    answer = { status, body };
    const found = await feeds.look("ads");
    expect(found.outcome).toBe(kind);
    expect(copy()).toBe(good);
    pauses.push(Date.parse(found.nextAt ?? "") - Date.now());
  }
  expect(feeds.status()[0]?.failures).toBe(5);
  // One, two and four minutes, a tenth more or less.
  expect(pauses.slice(0, 3).map((ms) => Math.round(ms / 60_000))).toEqual([1, 2, 4]);
});

it("lists that must not be old match nothing from then on, until the copy is confirmed", async () => {
  answer = { status: 200, body: names(0, 100), etag: '"a"' };
  const { feeds, watch, verdict, copy, audited } = await start({
    action: "allow",
    list: ", effect: allow, on_stale: drop",
  });
  feeds.configure(watch.policy() ?? never());
  await outcomes(feeds);
  const good = copy();
  answer = { status: 503, body: "" };
  laterMs = 23 * 3_600_000;
  expect(await feeds.look("ads")).toMatchObject({ isOld: false, isDropped: false });
  expect(verdict("n7.example")).toBe("allow");
  laterMs = 25 * 3_600_000;
  expect(await feeds.look("ads")).toMatchObject({ isOld: true, isDropped: true });
  expect([verdict("n7.example"), copy().includes("n7.example")]).toEqual(["block", false]);
  // What the server has is compared with the copy that waits, not with the empty one.
  answer = { status: 200, body: names(0, 10) };
  expect(await feeds.look("ads")).toMatchObject({ outcome: "held", isDropped: true });
  answer = { status: 200, body: names(0, 100), etag: '"a"' };
  expect(await feeds.look("ads")).toMatchObject({ outcome: "unchanged", isDropped: false });
  expect([verdict("n7.example"), copy()]).toEqual(["allow", good]);
  expect(audited()).toEqual([
    ...["success taken", "failure unreachable", "refused dropped", "refused held"],
    "success brought-back",
  ]);
});

it("goes through a parent proxy where the feed says so, and never past it", async () => {
  const port = await freePort();
  const squid = stack.use(
    await startSquid({
      ...{ port, hosts: { [host]: "127.0.0.1" }, dnsServer: dns.address },
      rules: ["http_access allow all"],
    }),
  );
  answer = { status: 200, body: names(0, 100) };
  const { feeds, watch, verdict } = await start({
    feed: ", via: up",
    more: `parents:\n  up: { host: 127.0.0.1, port: ${port} }\n`,
  });
  feeds.configure(watch.policy() ?? never());
  expect(await outcomes(feeds)).toBe("taken");
  expect(verdict("n7.example")).toBe("block");
  const { port: origin } = server.address() as AddressInfo;
  const line = `CONNECT ${host}:${origin}`;
  await expect.poll(() => readFileSync(join(squid.folder, "access.log"), "utf8")).toContain(line);
  const asked = requests.length;
  await squid[Symbol.asyncDispose]();
  expect(await feeds.look("ads")).toMatchObject({ outcome: "unreachable" });
  expect(requests.length).toBe(asked);
}, 60_000);

it.each<[string, string, () => Promise<{ url?: string; permit?: string; ca?: string }>]>([
  ["an inside address", "guard.deny_ip", () => Promise.resolve({ url: at("inside.feed.test") })],
  ["a range that is not open", "guard.deny_ip", () => Promise.resolve({ permit: "192.0.2.0/24" })],
  ["a name that is none", "guard.dns", () => Promise.resolve({ url: at("nowhere.feed.test") })],
  [
    "a certificate of somebody else",
    "certificate",
    async () => ({ ca: (await makeTestCertificate([host])).cert }),
  ],
])("does not pass the guards: %s", async (_name, reason, change) => {
  answer = { status: 200, body: names(0, 100) };
  const { feeds, watch } = await start(await change());
  feeds.configure(watch.policy() ?? never());
  await outcomes(feeds);
  const [view] = feeds.status();
  expect(view?.outcome).toBe("unreachable");
  expect(view?.en).toContain(reason);
  expect(requests).toEqual([]);
});

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}

const at = (name: string) => `https://${name}:${(server.address() as AddressInfo).port}/`;

function never(): never {
  throw new Error("no policy is in force");
}
