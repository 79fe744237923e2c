/** Audit records at a real rsyslog over TLS: what arrives, what a broken connection and an absent server cost. */
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { DatabaseSync } from "node:sqlite";
import { createServer } from "node:tls";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import {
  Forwarder,
  type ForwarderDeps,
  type ForwardState,
} from "../../../orchestrator/audit/forward/forwarder.ts";
import { type AuditWriter, createAuditWriter } from "../../../orchestrator/audit/writer.ts";
import { openDatabase } from "../../../orchestrator/store/database.ts";
import { Rsyslog } from "../../support/rsyslog.ts";
import { makeTestCertificate } from "../../support/tls.ts";

let siem: Rsyslog;
let database: DatabaseSync;
let writer: AuditWriter;
let states: ForwardState[];
/** What had arrived before this test. */
let before: number;

beforeAll(async () => {
  siem = await Rsyslog.start();
});
afterAll(() => siem[Symbol.asyncDispose]());
beforeEach(async () => {
  database = openDatabase(":memory:");
  const signingKey = generateKeyPairSync("ed25519").privateKey;
  writer = createAuditWriter({ database, now: Date.now, signingKey });
  states = [];
  before = (await siem.received()).length;
});
afterEach(() => {
  writer[Symbol.dispose]();
  database.close();
});

const start = (given: Partial<ForwarderDeps> = {}) =>
  new Forwarder({
    ...{ database, format: "ecs", pauseMs: 50 },
    server: { host: "127.0.0.1", port: siem.port, serverName: "siem.test", ca: siem.ca },
    onState: (state) => void states.push(state),
    ...given,
  });
const arrived = async () => (await siem.received()).slice(before);
const bodyOf = (message: string) => message.slice(message.indexOf("{"));
const numbers = async () =>
  (await arrived()).map(
    (each) => (JSON.parse(bodyOf(each)) as { event: { sequence: number } }).event.sequence,
  );
const signIn = (userName: string) =>
  writer.write({ action: "sign-in", outcome: "success", userName });

describe("a record arrives", () => {
  test("as RFC 5424 with ECS, every character of it", async () => {
    writer.write({
      ...{ action: "verdict", outcome: "refused", userName: "hanako", terminal: "10.1.2.3" },
      target: "見積書\n<134>1 forged 𠮷.docx",
      details: { objects: "x".repeat(4000) },
    });
    await using _forwarder = start();
    await expect.poll(arrived).toHaveLength(1);
    const [message = ""] = await arrived();
    expect(message).toMatch(/^<108>1 \d{4}-\d\d-\d\dT[\d:.]+Z \S+ hanare - verdict - \{/);
    expect(JSON.parse(bodyOf(message))).toMatchObject({
      event: { action: "verdict", outcome: "failure", sequence: 1 },
      user: { name: "hanako" },
      source: { ip: "10.1.2.3" },
      file: { name: "見積書\n<134>1 forged 𠮷.docx" },
      hanare: { outcome: "refused", details: { objects: "x".repeat(4000) } },
    });
  });

  test("as CEF, its separators escaped", async () => {
    writer.write({
      ...{ action: "navigation", outcome: "success", userName: "a=b|c\\d" },
      target: "https://example.jp/?a=b",
    });
    await using _forwarder = start({ format: "cef" });
    await expect.poll(arrived).toHaveLength(1);
    const [message = ""] = await arrived();
    expect(message).toContain(" - CEF:0|Hanare|Hanare|1|navigation|navigation|2|rt=");
    expect(message).toContain("suser=a\\=b|c\\\\d ");
    expect(message).toContain("dhost=example.jp request=https://example.jp/?a\\=b outcome=success");
  });
});

test("thousands arrive once and in order, and the ones after a restart follow", async () => {
  for (let each = 0; each < 4500; each += 1) signIn(`user${each}`);
  {
    await using _first = start();
    await expect.poll(numbers).toHaveLength(4500);
  }
  signIn("later");
  await using _second = start();
  await expect.poll(numbers).toEqual(Array.from({ length: 4501 }, (_, at) => at + 1));
  expect(states).toEqual([]);
});

test("while the server is away records wait in the log, it is told once, and all arrive when it is back", async () => {
  await siem.stop();
  signIn("first");
  await using _forwarder = start();
  await expect.poll(() => states.length).toBe(1);
  expect(states[0]).toMatchObject({ outcome: "failure", waiting: 1 });
  signIn("second");
  await siem.startAgain();
  await expect.poll(numbers).toEqual([1, 2]);
  await expect.poll(() => states.at(-1)).toEqual({ outcome: "success", upTo: 2 });
});

test.each<[string, { readonly serverName?: string; readonly ca?: undefined }]>([
  ["another name than the one wanted", { serverName: "other.test" }],
  ["a certificate that nobody vouches for", { ca: undefined }],
])("a server with %s gets nothing", async (_sentence, wrong) => {
  signIn("hanako");
  const { ca, serverName } = { serverName: "siem.test", ca: siem.ca, ...wrong };
  const place = { host: "127.0.0.1", port: siem.port, serverName };
  await using _forwarder = start({ server: ca === undefined ? place : { ...place, ca } });
  await expect.poll(() => states.length).toBe(1);
  expect(states[0]).toMatchObject({ outcome: "failure", waiting: 1 });
  expect(await arrived()).toEqual([]);
});

test("a server that ends the connection by itself has not taken what was on its way", async () => {
  const { cert, key } = await makeTestCertificate(["siem.test"]);
  // In order and without a word, as one that does not know its sender.
  const rude = createServer({ cert, key, allowHalfOpen: true }, (socket) => {
    socket.on("error", () => undefined);
    socket.pause().end();
  });
  await once(rude.listen(0, "127.0.0.1"), "listening");
  const { port } = rude.address() as AddressInfo;
  signIn("hanako");
  {
    const server = { host: "127.0.0.1", port, serverName: "siem.test", ca: cert };
    await using _refused = start({ server });
    await expect.poll(() => states.length).toBe(1);
    expect(states[0]).toMatchObject({ outcome: "failure", waiting: 1 });
  }
  rude.close();
});

test("a server that wants to know its senders takes from one with the certificate it knows, and from no other", async () => {
  await using strict = await Rsyslog.start({ knownOnly: true });
  signIn("hanako");
  const place = { host: "127.0.0.1", port: strict.port, serverName: "siem.test", ca: strict.ca };
  const stranger = await makeTestCertificate(["hanare.test"]);
  for (const client of [undefined, stranger]) {
    states = [];
    await using _refused = start({ server: client ? { ...place, client } : place });
    await expect.poll(() => states.length).toBe(1);
    expect(states[0]).toMatchObject({ outcome: "failure", waiting: 1 });
  }
  expect(await strict.received()).toEqual([]);
  await using _known = start({ server: { ...place, client: strict.client } });
  await expect.poll(() => strict.received()).toHaveLength(1);
});
