/** What freshclam is told, what of its container is believed, and how updates are spread over time. */
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pino } from "pino";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { configSchema } from "../../../orchestrator/config/schema.ts";
import { freshclamConf, targetOf } from "../../../orchestrator/signatures/freshclam-conf.ts";
import { readFetched } from "../../../orchestrator/signatures/read-fetched.ts";
import { SignatureStore } from "../../../orchestrator/signatures/signature-store.ts";
import { SignatureUpdater } from "../../../orchestrator/signatures/updater.ts";
import { openDatabase } from "../../../orchestrator/store/database.ts";

const settings = (signatures: object) => configSchema.parse({ signatures }).signatures;

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "hanare-test-"));
});
afterEach(() => rm(dir, { recursive: true }));

describe("the door", () => {
  it("of the official servers leads there alone", () => {
    const official = settings({ source: "official" });
    expect(targetOf(official)).toEqual({ hosts: ["database.clamav.net"], ports: [443] });
    expect(freshclamConf(official)).not.toContain("PrivateMirror");
  });

  it("of a mirror leads there alone, and to where own patterns are", () => {
    const mirror = settings({
      source: "https://mirror.city.example:8443/clamav/",
      extra: ["https://town.example/a.ndb"],
    });
    expect(targetOf(mirror)).toEqual({
      hosts: ["mirror.city.example", "town.example"],
      ports: [8443, 443],
    });
    const lines = freshclamConf(mirror).split("\n");
    expect(lines).toContain("PrivateMirror https://mirror.city.example:8443/clamav");
    expect(lines).toContain("DatabaseCustomURL https://town.example/a.ndb");
    expect(lines).toContain("ScriptedUpdates no");
  });

  it.each([
    "http://mirror.example/",
    "https://mirror.example/\nDatabaseOwner root",
    "ftp://x/",
    "",
  ])("is never told %j", (source) => expect(() => settings({ source })).toThrow());
});

async function* chunks(text: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < text.length; at += size)
    yield await Promise.resolve(text.subarray(at, at + size));
}
const handed = (head: object, body = "") => Buffer.from(`${JSON.stringify(head)}\n${body}`);
const good = {
  ...{ exit: 0, said: "ok\u001b[31m" },
  files: [
    { name: "town.ndb", sizeBytes: 5 },
    { name: "daily.cvd", sizeBytes: 3 },
  ],
};

describe("what the container hands over", () => {
  it.each([1, 2, 7, 1000])("is taken apart in pieces of %i bytes", async (size) => {
    const fetched = await readFetched(chunks(handed(good, "townsday"), size), dir);
    expect(fetched).toEqual({ exit: 0, said: "ok?[31m", names: ["town.ndb", "daily.cvd"] });
    expect(await readFile(join(dir, "town.ndb"), "utf8")).toBe("towns");
    expect(await readFile(join(dir, "daily.cvd"), "utf8")).toBe("day");
  });

  it.each([
    ["ends early", handed(good, "town")],
    ["says nothing", Buffer.alloc(0)],
    ["is no JSON", Buffer.from("{\n")],
    ["never ends its line", Buffer.alloc(200_000, 0x20)],
    ["names a path", handed({ ...good, files: [{ name: "../town.ndb", sizeBytes: 1 }] }, "x")],
    [
      "names what is no database",
      handed({ ...good, files: [{ name: "a.sh", sizeBytes: 1 }] }, "x"),
    ],
    ["names what ships", handed({ ...good, files: [{ name: "hanare.ndb", sizeBytes: 1 }] }, "x")],
    ["is larger than any set", handed({ ...good, files: [{ name: "a.ndb", sizeBytes: 2 ** 40 }] })],
  ])("is nothing when it %s", async (_what, bytes) => {
    await expect(readFetched(chunks(bytes, 1000), dir)).rejects.toThrow(/SIGNATURES_REFUSED/);
    expect(await readdir(dir)).not.toContain("daily.cvd");
  });
});

describe("the schedule", () => {
  const hourMs = 3_600_000;
  let nowMs = 0;
  const updaterWith = (random: number, exits: number[], database = openDatabase(":memory:")) =>
    new SignatureUpdater({
      settings: settings({ source: "official", everyHours: 8 }),
      store: new SignatureStore(join(dir, "signatures")),
      ...{ database, log: pino({ level: "silent" }), now: () => nowMs, random: () => random },
      fetch: () => Promise.resolve({ exit: exits.shift() ?? 0, said: "no way out", names: [] }),
      check: () => Promise.resolve(),
    });

  it.each([
    [0, 6.4],
    [0.5, 8],
    [1, 9.6],
  ])("with luck %f looks again after %f hours", async (luck, hours) => {
    await using updater = updaterWith(luck, [0]);
    const { nextAtMs, outcome, goodAtMs } = await updater.look();
    expect([(nextAtMs ?? 0) / hourMs, outcome, goodAtMs]).toEqual([hours, "current", 0]);
  });

  it("after failures waits longer each time, up to the usual; what was good stays known over a restart", async () => {
    const database = openDatabase(":memory:");
    const updater = updaterWith(0.5, [0, 5, 5, 5, 5, 5, 5, 5, 0], database);
    await updater.look();
    const pauses: number[] = [];
    for (let n = 0; n < 7; n += 1) pauses.push(((await updater.look()).nextAtMs ?? 0) / hourMs);
    expect(pauses).toEqual([0.25, 0.5, 1, 2, 4, 8, 8]);
    await updater[Symbol.asyncDispose]();
    await using again = updaterWith(0.5, [0], database);
    expect(again.view()).toMatchObject({ outcome: "failed", detail: "no way out", goodAtMs: 0 });
    nowMs += hourMs;
    expect((await again.look()).goodAtMs).toBe(hourMs);
  });

  it("off looks never", async () => {
    await using updater = new SignatureUpdater({
      settings: settings({}),
      store: new SignatureStore(join(dir, "signatures")),
      ...{ database: openDatabase(":memory:"), log: pino({ level: "silent" }) },
      ...{ now: () => 0, random: () => 0 },
      fetch: () => Promise.reject(new Error("never")),
      check: () => Promise.reject(new Error("never")),
    });
    await expect(updater.look()).rejects.toThrow(/SIGNATURES_NO_SOURCE/);
    expect(updater.view()).toMatchObject({ source: "off", nextAtMs: null });
  });
});
