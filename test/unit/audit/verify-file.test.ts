/** A log large enough for several threads, looked at whole and after each kind of attack at and around their seams. */
import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { copyFileSync, mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { verifyAuditFile } from "../../../orchestrator/audit/verify-file.ts";
import { fillLog } from "../../support/audit/fill-log.ts";

const { privateKey } = generateKeyPairSync("ed25519");
const publicKey = createPublicKey(privateKey);
const records = 20_000;
/** Where the second of two threads begins: on machines of more cores as well, there is not more for them. */
const seam = records / 2;
const perThread = 10_000;
let folder: string;
let whole: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "hanare-audit-"));
  whole = join(folder, "whole.db");
  fillLog({ path: whole, records, signingKey: privateKey });
});
afterAll(() => rmSync(folder, { recursive: true }));

async function tampered(...sql: readonly string[]) {
  const path = join(folder, "tampered.db");
  copyFileSync(whole, path);
  const database = new DatabaseSync(path);
  for (const table of ["audit_records", "audit_checkpoints"])
    for (const act of ["update", "delete"]) database.exec(`DROP TRIGGER ${table}_no_${act}`);
  for (const each of sql) database.exec(each);
  database.close();
  return verifyAuditFile(path, publicKey, perThread);
}

test("a whole log is found whole, whatever the number of threads", async () => {
  expect(availableParallelism()).toBeGreaterThan(1);
  expect(await verifyAuditFile(whole, publicKey, perThread)).toMatchObject({
    ...{ outcome: "intact", records, checkpoints: records / 1000, unsigned: 0 },
  });
});

test.each<[string, number, string, readonly string[]]>([
  [
    "a letter changed far behind the seam",
    19_001,
    "record-altered",
    [
      "UPDATE audit_records SET record = replace(record, 'navigation', 'navigatiom') WHERE seq = 19001",
    ],
  ],
  [
    "the last record before the seam is missing",
    seam,
    "record-missing",
    [`DELETE FROM audit_records WHERE seq = ${seam}`],
  ],
  [
    "the first record behind the seam is missing",
    seam + 1,
    "record-missing",
    [`DELETE FROM audit_records WHERE seq = ${seam + 1}`],
  ],
  [
    "the hash at the seam is another",
    seam,
    "record-altered",
    // Another first digit: one hash in sixty has no "a" to put something else for.
    [
      `UPDATE audit_records SET hash = iif(hash LIKE 'a%', 'b', 'a') || substr(hash, 2) WHERE seq = ${seam}`,
    ],
  ],
  [
    "two things changed: the first is named",
    7,
    "record-altered",
    [
      "UPDATE audit_records SET hash = '' WHERE seq = 7",
      "UPDATE audit_records SET hash = '' WHERE seq = 15000",
    ],
  ],
  ["the end is cut off", 18_501, "truncated", ["DELETE FROM audit_records WHERE seq > 18500"]],
  [
    "something was put before the beginning",
    1,
    "record-missing",
    ["INSERT INTO audit_records (seq, record, hash) VALUES (-1, '{}', '')"],
  ],
  [
    "checkpoints are missing behind the seam",
    16_000,
    "checkpoint-missing",
    ["DELETE FROM audit_checkpoints WHERE seq > 15000"],
  ],
])("%s", async (_sentence, seq, reason, sql) => {
  expect(await tampered(...sql)).toEqual({ outcome: "broken", seq, reason });
});
