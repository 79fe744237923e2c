/** What a rule deletes, and that nothing but exactly that may be missing. */
import { createPublicKey, generateKeyPairSync } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { queryAudit } from "../../../orchestrator/audit/query.ts";
import { retain } from "../../../orchestrator/audit/retain.ts";
import { openRetention, signRetention } from "../../../orchestrator/audit/retention.ts";
import { verifyAudit } from "../../../orchestrator/audit/verify.ts";
import { type AuditWriter, createAuditWriter } from "../../../orchestrator/audit/writer.ts";
import { configSchema } from "../../../orchestrator/config/schema.ts";
import { openDatabase } from "../../../orchestrator/store/database.ts";

const { privateKey } = generateKeyPairSync("ed25519");
const publicKey = createPublicKey(privateKey);
const rule = { rule: "文書管理規程 別表第2", keepDays: 365 };
const dayMs = 86_400_000;
const start = new Date(2026, 3, 1, 9).getTime();

let database: DatabaseSync;
let writer: AuditWriter;
let now: number;
const seqs = () => queryAudit(database, { limit: 500 }).records.map(({ seq }) => seq);
const apply = () =>
  retain({ database, audit: writer, signingKey: privateKey, now: () => now }, rule);
const verify = () => verifyAudit(database, publicKey);
const tamper = (sql: string) => {
  for (const table of ["audit_records", "audit_retentions", "audit_checkpoints"])
    for (const act of ["update", "delete"])
      database.exec(`DROP TRIGGER IF EXISTS ${table}_no_${act}`);
  database.exec(sql);
};

/** Ten records, one a day from the first of April 2026 on; signed up to the eighth. */
beforeEach(() => {
  database = openDatabase(":memory:");
  writer = createAuditWriter({ database, now: () => now, signingKey: privateKey });
  for (let day = 0; day < 10; day += 1) {
    now = start + day * dayMs;
    writer.write({ action: "sign-in", outcome: "success", userName: `user${day + 1}` });
    if (day === 7) writer.checkpoint();
  }
});
afterEach(() => {
  writer[Symbol.dispose]();
  database.close();
});

/** Noon of the day on which the first three have become too old. */
const threeTooOld = start + (365 + 3) * dayMs;

describe("a rule that keeps 365 days", () => {
  test("deletes nothing of the last 365 days, and leaves no statement about nothing", async () => {
    now = start + 365 * dayMs;
    expect(await apply()).toBe(0);
    expect(database.prepare("SELECT * FROM audit_retentions").all()).toEqual([]);
    expect(verify()).toMatchObject({ outcome: "intact", records: 10, deletions: [] });
  });

  test("deletes whole days that are older, says so in the log and with a signature, and the rest is whole", async () => {
    now = threeTooOld;
    expect(await apply()).toBe(3);
    expect(seqs()).toEqual([11, 10, 9, 8, 7, 6, 5, 4]);
    const before = new Date(2026, 3, 4).toISOString();
    expect(queryAudit(database, { action: "audit-retention" }).records).toMatchObject([
      { reason: rule.rule, details: { from: 1, upTo: 3, before, keepDays: 365 } },
    ]);
    expect(verify()).toMatchObject({
      ...{ outcome: "intact", records: 11 },
      deletions: [{ ...rule, seq: 3, before, at: new Date(now).toISOString() }],
    });
  });

  test("goes on the next day from where it was, and both deletions stay proved", async () => {
    now = threeTooOld;
    await apply();
    now += dayMs;
    expect(await apply()).toBe(1);
    expect(await apply()).toBe(0);
    expect(verify()).toMatchObject({ outcome: "intact", deletions: [{ seq: 3 }, { seq: 4 }] });
  });

  test("keeps the newest record however old it is: the chain goes on from it", async () => {
    now = start + 4000 * dayMs;
    expect(await apply()).toBe(9);
    expect(seqs()).toEqual([11, 10]);
    writer.write({ action: "sign-out", outcome: "success" });
    expect(verify()).toMatchObject({ outcome: "intact", records: 12 });
  });

  test("does not reach behind a younger record that a wrong clock put before older ones", async () => {
    now = start + 800 * dayMs;
    writer.write({ action: "sign-in", outcome: "success", userName: "future" });
    now = start + 20 * dayMs;
    writer.write({ action: "sign-in", outcome: "success", userName: "past" });
    now = start + 600 * dayMs;
    await apply();
    expect(queryAudit(database, { user: "future" }).records).toHaveLength(1);
    expect(queryAudit(database, { user: "past" }).records).toHaveLength(1);
    expect(verify()).toMatchObject({ outcome: "intact" });
  });

  test("keeps what the syslog server has not read, says how much, and deletes it once that has", async () => {
    now = threeTooOld;
    let sent = 1;
    const unsent: number[] = [];
    const apply = () =>
      retain(
        {
          ...{ database, audit: writer, signingKey: privateKey, now: () => now },
          ...{ sentUpTo: () => sent, onUnsent: (records: number) => void unsent.push(records) },
        },
        rule,
      );
    expect(await apply()).toBe(1);
    expect(await apply()).toBe(0);
    expect([unsent, seqs().at(-1)]).toEqual([[2, 2], 2]);
    sent = 12;
    expect(await apply()).toBe(2);
    expect(unsent).toEqual([2, 2]);
    expect(verify()).toMatchObject({ outcome: "intact", deletions: [{ seq: 1 }, { seq: 3 }] });
  });

  test("that was stopped in the middle leaves a whole log, and ends its work the next time", async () => {
    now = threeTooOld;
    await apply();
    // As if it had been stopped after the first record: the statement stands, two of three are still there.
    const whole = openDatabase(":memory:");
    const again = createAuditWriter({ database: whole, now: () => now, signingKey: privateKey });
    for (let day = 0; day < 4; day += 1)
      again.write({ action: "sign-in", outcome: "success", userName: `user${day}` });
    const head = String(
      whole.prepare("SELECT hash FROM audit_records WHERE seq = 3").get()?.["hash"],
    );
    const at = new Date(now).toISOString();
    const made = signRetention({ at, seq: 3, head, before: at, ...rule }, privateKey);
    whole
      .prepare("INSERT INTO audit_retentions VALUES (?, ?, ?)")
      .run(made.seq, made.statement, made.signature);
    whole.exec("DELETE FROM audit_records WHERE seq = 1");
    expect(verifyAudit(whole, publicKey)).toMatchObject({ outcome: "intact", records: 4 });
    now = start;
    expect(
      await retain({ database: whole, audit: again, signingKey: privateKey, now: () => now }, rule),
    ).toBe(2);
    expect(verifyAudit(whole, publicKey)).toMatchObject({ outcome: "intact", records: 4 });
    again[Symbol.dispose]();
    whole.close();
  });
});

describe("after a deletion", () => {
  beforeEach(async () => {
    now = threeTooOld;
    await apply();
  });

  test("the database still refuses to delete what no statement covers", () => {
    expect(() => database.exec("DELETE FROM audit_records WHERE seq = 4")).toThrow("append-only");
    expect(() => database.exec("DELETE FROM audit_retentions")).toThrow("append-only");
  });

  test.each<[string, string, number, string]>([
    ["one more record is gone", "DELETE FROM audit_records WHERE seq = 4", 4, "record-missing"],
    ["the statement is gone", "DELETE FROM audit_retentions", 1, "record-missing"],
    [
      "the statement was made to say more",
      `UPDATE audit_retentions SET seq = 5, statement = replace(statement, '"seq":3', '"seq":5')`,
      5,
      "retention-forged",
    ],
    [
      "the statement was given another date",
      "UPDATE audit_retentions SET statement = replace(statement, '2026-', '2020-')",
      3,
      "retention-forged",
    ],
    [
      "a record in the middle was altered",
      "UPDATE audit_records SET record = replace(record, 'user6', 'userX') WHERE seq = 6",
      6,
      "record-altered",
    ],
    ["the end was cut off", "DELETE FROM audit_records WHERE seq > 5", 6, "truncated"],
  ])("verifying finds that %s", (_sentence, sql, seq, reason) => {
    tamper(sql);
    expect(verify()).toEqual({ outcome: "broken", seq, reason });
  });

  test("another key's statement is none", () => {
    const other = generateKeyPairSync("ed25519");
    const made = signRetention(
      {
        at: new Date(now).toISOString(),
        seq: 5,
        head: "0".repeat(64),
        before: "2026-04-01T00:00:00Z",
        ...rule,
      },
      other.privateKey,
    );
    expect(openRetention(made, publicKey)).toBeUndefined();
    expect(openRetention(made, other.publicKey)).toMatchObject({ seq: 5, ...rule });
  });
});

test("a configuration cannot make the log forget within ninety days", () => {
  const audit = (keepDays: number) => ({ audit: { retention: { rule: "R", keepDays } } });
  expect(configSchema.safeParse(audit(89)).success).toBe(false);
  expect(configSchema.parse(audit(90)).audit.retention).toEqual({ rule: "R", keepDays: 90 });
  expect(configSchema.parse({}).audit).toEqual({ queryStrings: "keep" });
});
