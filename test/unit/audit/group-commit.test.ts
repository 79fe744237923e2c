import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type AuditWriter, createAuditWriter } from "../../../orchestrator/audit/writer.ts";
import { verifyAudit } from "../../../orchestrator/audit/verify.ts";
import { inTransaction, openDatabase } from "../../../orchestrator/store/database.ts";
import { killRecorder } from "../../support/audit/kill-recorder.ts";

const { privateKey } = generateKeyPairSync("ed25519");
const navigation = (target: string) =>
  ({ action: "navigation", outcome: "success", target }) as const;

let folder: string;
let database: DatabaseSync;
let writer: AuditWriter;
const targets = () =>
  database
    .prepare("SELECT target FROM audit_records ORDER BY seq")
    .all()
    .map((row) => row["target"]);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "hanare-audit-"));
  database = openDatabase(join(folder, "hanare.db"));
  writer = createAuditWriter({ database, now: Date.now, signingKey: privateKey });
});
afterEach(() => {
  writer[Symbol.dispose]();
  database.close();
  rmSync(folder, { recursive: true });
});

describe("records that share a commit", () => {
  test("are all there, in the order they were told, when each has been told so", async () => {
    const other = openDatabase(join(folder, "hanare.db"));
    const told = Array.from({ length: 2500 }, (_, at) => String(at));
    await Promise.all(told.map((each) => writer.record(navigation(each))));
    // Seen by another connection: it is committed, not only written.
    expect(other.prepare("SELECT count(*) AS n FROM audit_records").get()).toEqual({ n: 2500 });
    other.close();
    expect(targets()).toEqual(told);
    expect(verifyAudit(database, createPublicKey(privateKey))).toMatchObject({
      ...{ outcome: "intact", records: 2500, checkpoints: 2, unsigned: 500 },
    });
  });

  test("stand before what is written at once after them, and outside of a transaction that is open", async () => {
    const first = writer.record(navigation("first"));
    writer.write(navigation("second"));
    let third: Promise<void> | undefined;
    expect(() =>
      inTransaction(database, () => {
        third = writer.record(navigation("third"));
        writer.write(navigation("lost with its act"));
        throw new Error("no");
      }),
    ).toThrow("no");
    await Promise.all([first, third]);
    expect(targets()).toEqual(["first", "second", "third"]);
  });

  test("leave the process as long for itself as the disk took", async () => {
    const diskMs = 15;
    const exec = database.exec.bind(database);
    database.exec = (sql) => {
      const until = performance.now() + (sql === "COMMIT" ? diskMs : 0);
      while (performance.now() < until);
      exec(sql);
    };
    await writer.record(navigation("first"));
    const startedAt = performance.now();
    await writer.record(navigation("second"));
    // Its own commit comes after that; a timer may be a millisecond early.
    expect(performance.now() - startedAt).toBeGreaterThan(2 * diskMs - 3);
  });

  test("are kept when the writer is disposed of before their turn", async () => {
    const last = writer.record(navigation("last"));
    writer[Symbol.dispose]();
    expect(targets()).toEqual(["last"]);
    await last;
  });

  test("that the schema does not know are refused alone", async () => {
    const good = writer.record(navigation("good"));
    await expect(
      writer.record({ ...navigation("bad"), action: "made-up" } as never),
    ).rejects.toThrow();
    await good;
    expect(targets()).toEqual(["good"]);
  });

  test("are told lost when they cannot be kept", async () => {
    database.exec(
      "CREATE TRIGGER full BEFORE INSERT ON audit_records BEGIN SELECT RAISE(ABORT, 'disk full'); END",
    );
    const results = await Promise.allSettled(
      ["a", "b"].map((each) => writer.record(navigation(each))),
    );
    expect(results.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
    expect(targets()).toEqual([]);
    database.exec("DROP TRIGGER full");
    await writer.record(navigation("c"));
    expect(targets()).toEqual(["c"]);
  });
});

test("kill -9 loses nothing that was acknowledged, and leaves a whole log", async () => {
  const { acknowledged, lost, verdict } = await killRecorder(folder, 5000);
  expect(acknowledged).toBeGreaterThanOrEqual(5000);
  expect(lost).toEqual([]);
  expect(verdict).toMatchObject({ outcome: "intact" });
});
