/** Signature files: what their heads say, how a set comes into force, and what is not taken. */
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { newestBuild } from "../../../orchestrator/downloads/scanning/scanner-status.ts";
import {
  isDatabaseName,
  isTooOld,
  parseBuildTime,
  parseDatabaseHeader,
} from "../../../orchestrator/signatures/database-file.ts";
import { importSignatures } from "../../../orchestrator/signatures/import-signatures.ts";
import { SignatureStore } from "../../../orchestrator/signatures/signature-store.ts";
import { packedDatabase } from "../../support/signature-files.ts";

const day = new Date("2026-04-01T02:03:00Z");

describe("the head of a packed database", () => {
  test("says when it was built, its version and how many signatures", () => {
    expect(parseDatabaseHeader(packedDatabase(day, 27_000, 5))).toEqual({
      builtAt: day,
      version: 27_000,
      signatures: 5,
    });
  });

  test.each([
    ["another magic", Buffer.from("x".repeat(512))],
    ["too short", packedDatabase(day, 1).subarray(0, 500)],
    ["no version", Buffer.from("ClamAV-VDB:01 Apr 2026 02-03 +0000:a:b:".padEnd(512))],
    ["no time", Buffer.from("ClamAV-VDB:yesterday:1:1:".padEnd(512))],
  ])("%s is none", (_what, head) => {
    expect(parseDatabaseHeader(head)).toBeUndefined();
  });

  test("zones count", () => {
    expect(parseBuildTime("31 Mar 2026 22-03 -0400")).toEqual(day);
    expect(parseBuildTime("31 Foo 2026 22-03 -0400")).toBeUndefined();
  });
});

test.each([
  ["main.cvd", true],
  ["daily.cld", true],
  ["own.ndb", true],
  ["hanare.ndb", false],
  ["../x.ndb", false],
  [".ndb", false],
  ["a.cbc", false],
  ["a.exe", false],
])("%s is a database: %s", (name, expected) => {
  expect(isDatabaseName(name)).toBe(expected);
});

test("after three days a set is old", () => {
  const hours = (count: number): number => day.getTime() + count * 3_600_000;
  expect(isTooOld(day, hours(72))).toBe(false);
  expect(isTooOld(day, hours(73))).toBe(true);
});

test("only official databases of others count as protection with an age", () => {
  const fact = (name: string, shipped: boolean, builtAt: string) => ({
    name,
    shipped,
    builtAt,
    version: 1,
    signatures: 1,
  });
  expect(newestBuild([fact("own.ndb", false, ""), fact("hanare.ndb", true, "")])).toBeUndefined();
  expect(newestBuild([fact("daily.cvd", true, "01 Apr 2026 02-03 +0000")])).toBeUndefined();
  expect(
    newestBuild([
      fact("main.cvd", false, "01 Jan 2020 00-00 +0000"),
      fact("daily.cld", false, "01 Apr 2026 02-03 +0000"),
    ]),
  ).toEqual(day);
});

describe("a set", () => {
  let dir: string;
  let store: SignatureStore;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "hanare-test-signatures-"));
    store = new SignatureStore(join(dir, "store"));
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  async function take(name: string, bytes: Buffer | string, allowOlder = false) {
    await mkdir(join(dir, "in"), { recursive: true });
    await writeFile(join(dir, "in", name), bytes);
    const check = () => Promise.resolve();
    return importSignatures({ store, sources: [join(dir, "in", name)], allowOlder, check });
  }
  const inForce = async (): Promise<string[]> => {
    const current = await store.current();
    return current === undefined ? [] : (await readdir(current)).sort();
  };

  test("none is in force before the first", async () => {
    expect(await store.current()).toBeUndefined();
  });

  test("grows, and the same database replaces itself however it is packed", async () => {
    await take("own.ndb", "a:0:*:61\n");
    await take("daily.cvd", packedDatabase(day, 5));
    expect(await inForce()).toEqual(["daily.cvd", "own.ndb"]);
    await take("daily.cld", packedDatabase(day, 6));
    expect(await inForce()).toEqual(["daily.cld", "own.ndb"]);
  });

  test("older than the one in force is refused unless asked for", async () => {
    await take("daily.cvd", packedDatabase(day, 5));
    await expect(take("daily.cvd", packedDatabase(day, 4))).rejects.toThrow(/SIGNATURES_REFUSED/);
    const { databases } = await take("daily.cvd", packedDatabase(day, 4), true);
    expect(databases.map(({ header }) => header?.version)).toEqual([4]);
  });

  test.each([
    ["a name that is none of a database", "notes.txt", "a"],
    ["the name of the set that ships", "hanare.ndb", "a:0:*:61\n"],
    ["a packed one without its head", "daily.cvd", "nothing"],
  ])("%s is refused, and what was in force stays", async (_what, name, bytes) => {
    await take("own.ndb", "a:0:*:61\n");
    const before = await store.current();
    await expect(take(name, bytes)).rejects.toThrow(/SIGNATURES_REFUSED/);
    expect(await store.current()).toBe(before);
    expect((await readdir(store.dir)).filter((each) => each.startsWith("set-"))).toHaveLength(1);
  });

  test("links in a folder are passed over", async () => {
    const folder = join(dir, "folder");
    await mkdir(folder);
    await writeFile(join(folder, "own.ndb"), "a:0:*:61\n");
    await symlink("/etc/passwd", join(folder, "evil.ndb"));
    await importSignatures({
      store,
      sources: [folder],
      allowOlder: false,
      check: () => Promise.resolve(),
    });
    expect(await inForce()).toEqual(["own.ndb"]);
  });

  test("a check that says no leaves nothing behind", async () => {
    await writeFile(join(dir, "own.ndb"), "a:0:*:61\n");
    const check = () => Promise.reject(new Error("no"));
    const sources = [join(dir, "own.ndb")];
    await expect(importSignatures({ store, sources, allowOlder: false, check })).rejects.toThrow(
      "no",
    );
    expect(await readdir(store.dir)).toEqual([]);
  });

  test("only the set before the last is kept beside it", async () => {
    for (const pattern of ["61", "62", "63"]) await take("own.ndb", `a:0:*:${pattern}\n`);
    expect((await readdir(store.dir)).filter((each) => each.startsWith("set-"))).toHaveLength(2);
    const current = await store.current();
    expect(await readFile(join(current ?? "", "own.ndb"), "utf8")).toContain("63");
  });
});
