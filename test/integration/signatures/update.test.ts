/**
 * Updates of signatures as the product fetches them: freshclam in its container, the real egress proxy with its guards
 * as the only way out, a real mirror over https on loopback, ClamAV's own programs for the check, a real scanner. The
 * official sets cannot be had here: what comes are own patterns, and official ones that nobody signed.
 */
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterAll, afterEach, beforeAll, expect, it } from "vitest";
import type { AuditEvent } from "../../../orchestrator/audit/events.ts";
import type { InstallationId } from "../../../orchestrator/base/ids.ts";
import { configSchema } from "../../../orchestrator/config/schema.ts";
import { guardSets } from "../../../orchestrator/signatures/guard-set.ts";
import { newSetName } from "../../../orchestrator/signatures/signature-store.ts";
import type { SignatureUpdater } from "../../../orchestrator/signatures/updater.ts";
import { startSignatures } from "../../../orchestrator/start/signatures.ts";
import { openDatabase } from "../../../orchestrator/store/database.ts";
import { loadPolicy } from "../../../policies/load.ts";
import { startDnsServer } from "../../support/dns-server.ts";
import { testImages } from "../../support/images.ts";
import { packedDatabase } from "../../support/signature-files.ts";
import { makeTestCertificate } from "../../support/tls.ts";
import { type DeskHarness, openDesk } from "../downloads/desk-harness.ts";

const host = "mirror.signatures.test";
const word = "what-only-this-town-calls-a-virus";
const pattern = (name: string, text = word) => `${name}:0:*:${Buffer.from(text).toString("hex")}\n`;

let stack: AsyncDisposableStack;
let harness: DeskHarness;
let dir: string;
let port: number;
let nameServer: string;
const events: AuditEvent[] = [];
const asked: string[] = [];
let answer: (request: IncomingMessage, response: ServerResponse) => void;

beforeAll(async () => {
  stack = new AsyncDisposableStack();
  dir = await mkdtemp(join(tmpdir(), "hanare-test-update-"));
  stack.defer(() => rm(dir, { recursive: true, force: true }));
  // Walked through by the proxy, which gives up root.
  await chmod(dir, 0o711);
  const certificate = await makeTestCertificate([host]);
  await writeFile(join(dir, "ca.pem"), certificate.cert);
  const server: Server = createServer(
    { key: certificate.key, cert: certificate.cert },
    (request, response) => {
      asked.push(request.url ?? "");
      answer(request, response);
    },
  );
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  stack.defer(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, "close");
  });
  ({ port } = server.address() as AddressInfo);
  const dns = stack.use(await startDnsServer({ names: { [host]: ["127.0.0.1"] } }));
  nameServer = dns.address;
  harness = stack.use(await openDesk());
});
afterAll(async () => {
  const { engine } = harness;
  await stack.disposeAsync();
  expect(await engine.list()).toEqual([]);
});

interface Change {
  readonly permit?: string;
  readonly databases?: readonly string[];
  readonly minutes?: number;
}

let own = new AsyncDisposableStack();
afterEach(() => own.disposeAsync());

async function updaterFor(change: Change = {}): Promise<SignatureUpdater> {
  const { permit = "127.0.0.0/8", databases = [], minutes = 3 } = change;
  const policyFile = join(dir, "policy.yaml");
  await writeFile(
    policyFile,
    `version: 1
name: signatures
guards:
  ports: { connect: [443, ${port}] }
  permit_ip: [${permit}]
rules: []
`,
  );
  const loaded = await loadPolicy(policyFile);
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  const config = configSchema.parse({
    proxy: { dnsServers: [nameServer] },
    signatures: {
      source: `https://${host}:${port}/clamav`,
      ...{ databases, minutes, caFile: join(dir, "ca.pem") },
      extra: [`https://${host}:${port}/town.ndb`],
    },
  });
  own = new AsyncDisposableStack();
  return startSignatures(own, {
    ...{ config, database: openDatabase(":memory:"), log: pino({ level: "silent" }) },
    paths: { run: dir, secrets: join(dir, "secrets") },
    audit: { write: (event) => void events.push(event) },
    engine: harness.engine,
    installation: harness.installation as InstallationId,
    image: testImages().clamd,
    store: harness.signatures,
    files: harness.desk,
    policy: () => loaded.policy,
    now: Date.now,
  });
}

const send =
  (body: Buffer | string) =>
  (_request: IncomingMessage, response: ServerResponse): void => {
    response.writeHead(200, { "Content-Length": Buffer.byteLength(body) });
    response.end(body);
  };

it("what the mirror has is found by the scanner a moment later, and is on record; then it is current", async () => {
  answer = send(pattern("Town.First"));
  const updater = await updaterFor();
  expect(await updater.look()).toMatchObject({ outcome: "taken", detail: "town.ndb" });
  await expect
    .poll(() => events.at(-1), { timeout: 60_000 })
    .toMatchObject({
      ...{ action: "signatures", outcome: "success", reason: "in-force" },
      details: { databases: "town.ndb" },
    });
  const found = await harness.receive("a.txt", Buffer.from(word));
  expect([found.verdict, found.reason]).toEqual(["infected", "signature:Town.First"]);
  // Own patterns are no protection from what is out there.
  expect((await harness.desk.scannerStatus()).shippedOnly).toBe(true);
  expect(updater.view().goodAtMs).not.toBeNull();
});

it.each<readonly [string, typeof answer, Change, string]>([
  ["cannot be loaded", send("no:signature at all\n"), {}, "refused"],
  [
    "breaks off",
    (_request, response) => {
      response.writeHead(200, { "Content-Length": 100_000 });
      response.write(pattern("Town.Half"));
      response.destroy();
    },
    {},
    "failed",
  ],
  [
    "never ends",
    (_request, response) => {
      response.writeHead(200);
      response.write("Town.Slow:0:*:");
    },
    { minutes: 0.1 },
    "failed",
  ],
  [
    "is official by its name, and nobody signed it",
    (request, response) =>
      request.url?.endsWith("daily.cvd") === true
        ? send(Buffer.concat([packedDatabase(new Date(), 99), Buffer.alloc(900, 7)]))(
            request,
            response,
          )
        : response.writeHead(404).end(),
    { databases: ["daily"] },
    "failed",
  ],
  [
    "lies where the guards let nobody go",
    send(pattern("Town.Inside")),
    { permit: "192.0.2.1" },
    "failed",
  ],
])("what %s changes nothing", async (_what, answering, change, outcome) => {
  const before = await harness.signatures.current();
  answer = answering;
  const updater = await updaterFor(change);
  asked.length = 0;
  const view = await updater.look();
  expect(view).toMatchObject({ outcome, goodAtMs: null });
  expect(view.detail).not.toBe("");
  if (change.permit !== undefined) expect(asked).toEqual([]);
  expect(await harness.signatures.current()).toBe(before);
  expect((await harness.receive("b.txt", Buffer.from(word))).reason).toBe("signature:Town.First");
});

it("a set with which the scanner does not come up is taken back", async () => {
  const { signatures, engine } = harness;
  const before = await signatures.current();
  const bad = newSetName(Date.now(), "0badbad0");
  const guarded = guardSets({
    ...{ store: signatures, log: pino({ level: "silent" }), loadMs: 1_000 },
    audit: { write: (event) => void events.push(event) },
    scanner: async () => {
      const { available, databases } = await harness.desk.scannerStatus();
      return available ? databases : undefined;
    },
  });
  await using _guard = guarded;
  await mkdir(join(signatures.dir, bad), { mode: 0o755 });
  await writeFile(join(signatures.dir, bad, "broken.ndb"), "no:signature at all\n");
  await signatures.swap(bad);
  const rolledBack = () => events.find(({ reason }) => reason === "rolled-back");
  await expect
    .poll(rolledBack, { timeout: 90_000 })
    .toMatchObject({ action: "signatures", outcome: "failure" });
  expect(await signatures.current()).toBe(before);
  await expect
    .poll(async () => (await harness.desk.scannerStatus()).databases.map(({ name }) => name), {
      timeout: 60_000,
    })
    .toContain("town.ndb");
  expect(await engine.list()).not.toEqual([]);
});
