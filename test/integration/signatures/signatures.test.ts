/** Signatures come into force under a running desk, and ClamAV's own programs have the last word on them. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { InstallationId } from "../../../orchestrator/base/ids.ts";
import { checkSet } from "../../../orchestrator/signatures/check-set.ts";
import { importSignatures } from "../../../orchestrator/signatures/import-signatures.ts";
import { testImages } from "../../support/images.ts";
import { packedDatabase } from "../../support/signature-files.ts";
import { type DeskHarness, openDesk } from "../downloads/desk-harness.ts";

let harness: DeskHarness;
let dir: string;
const word = "an-own-pattern-of-this-town";

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "hanare-test-signatures-"));
  harness = await openDesk({ files: { warmSandboxes: 0 } });
}, 60_000);

afterAll(async () => {
  await harness[Symbol.asyncDispose]();
  await rm(dir, { recursive: true, force: true });
  expect(await harness.engine.list()).toEqual([]);
}, 60_000);

async function importFiles(...sources: readonly string[]) {
  const installation = harness.installation as InstallationId;
  const check = (set: string) =>
    checkSet({ engine: harness.engine, installation, image: testImages().clamd }, set);
  return importSignatures({ store: harness.signatures, sources, allowOlder: false, check });
}

const names = async (): Promise<string[]> =>
  (await harness.desk.scannerStatus()).databases.map(({ name }) => name);

test("a pattern that comes in a tar archive is found from then on; it is still no official protection", async () => {
  const before = await harness.receive("a.txt", Buffer.from(word));
  expect(before.verdict).toBe("released_as_is");
  await writeFile(join(dir, "town.ndb"), `Town.Own:0:*:${Buffer.from(word).toString("hex")}\n`);
  execFileSync("tar", ["-czf", join(dir, "bundle.tar.gz"), "-C", dir, "town.ndb"]);
  const { taken } = await importFiles(join(dir, "bundle.tar.gz"));
  expect(taken).toEqual(["town.ndb"]);
  await expect.poll(names, { timeout: 60_000 }).toContain("town.ndb");
  const after = await harness.receive("b.txt", Buffer.from(word));
  expect([after.verdict, after.reason]).toEqual(["infected", "signature:Town.Own"]);
  // A restart that was wanted is no fault.
  expect(harness.desk.scannerFaults()).toBe(0);
  const status = await harness.desk.scannerStatus();
  expect([status.shippedOnly, status.builtAt, status.isOld]).toEqual([true, undefined, false]);
});

test.each<readonly [string, string, Buffer | string]>([
  [
    "nobody signed",
    "daily.cvd",
    Buffer.concat([packedDatabase(new Date(), 99), Buffer.alloc(900, 7)]),
  ],
  ["that ClamAV cannot load", "broken.ndb", "no:signature at all\n"],
])("a database %s is refused, and what was in force stays", async (_what, name, bytes) => {
  const before = await harness.signatures.current();
  await writeFile(join(dir, name), bytes);
  await expect(importFiles(join(dir, name))).rejects.toThrow(/SIGNATURES_REFUSED/);
  expect(await harness.signatures.current()).toBe(before);
  if (before !== undefined)
    expect(await readFile(join(before, "town.ndb"), "utf8")).toContain("Town");
});
