/** The daily check of a real log: what it found stays known, and a check that comes to no end is known as well. */
import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import { firstCheckAfterMs, makeDailyCheck } from "../../../orchestrator/audit/daily-check.ts";
import { auditPublicKeyPath } from "../../../orchestrator/audit/keys.ts";
import { createLog } from "../../../orchestrator/base/log.ts";
import { fillLog } from "../../support/audit/fill-log.ts";

const { privateKey } = generateKeyPairSync("ed25519");
const publicKey = createPublicKey(privateKey).export({ type: "spki", format: "pem" });
const hourMs = 3_600_000;

let folder: string;
let database: string;
let now: number;
let check: ReturnType<typeof makeDailyCheck>;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hanare-daily-"));
  database = join(folder, "hanare.db");
  fillLog({ path: database, records: 50, signingKey: privateKey });
  now = 0;
  check = makeDailyCheck({ database, keys: folder, log: createLog("silent"), now: () => now });
});
afterEach(() => rmSync(folder, { recursive: true }));

const giveKey = () => writeFileSync(auditPublicKeyPath(folder), publicKey);
const takeKey = () => rmSync(auditPublicKeyPath(folder));

function alter(): void {
  const open = new DatabaseSync(database);
  open.exec("DROP TRIGGER audit_records_no_update");
  open.exec("UPDATE audit_records SET record = replace(record, 'u', 'v') WHERE seq = 7");
  open.close();
}

test("nothing is looked at in the busy minutes after a start", async () => {
  alter();
  giveKey();
  now = firstCheckAfterMs - 1;
  expect(await check()).toEqual({});
  now += 1;
  expect(await check()).toEqual({ broken: { seq: 7, reason: "record-altered" } });
});

test("an altered record is found by the next day's check", async () => {
  giveKey();
  now = firstCheckAfterMs;
  expect(await check()).toEqual({});
  alter();
  now += 24 * hourMs - 1;
  expect(await check()).toEqual({});
  now += 1;
  expect(await check()).toMatchObject({ broken: { seq: 7 } });
});

test("a check that comes to no end says so, and is tried again within the hour", async () => {
  now = firstCheckAfterMs;
  expect((await check()).unchecked).toContain("ENOENT");
  giveKey();
  expect((await check()).unchecked).toContain("ENOENT");
  now += hourMs;
  expect(await check()).toEqual({});
});

test("what is known to be broken stays so when it cannot be looked at again", async () => {
  giveKey();
  alter();
  now = firstCheckAfterMs;
  await check();
  takeKey();
  now += 24 * hourMs;
  const found = await check();
  expect(found.broken?.seq).toBe(7);
  expect(found.unchecked).toContain("ENOENT");
});
