import { createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { chmodSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { text } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { chainOne, readRecord } from "../../../orchestrator/audit/chain.ts";
import type { SignedCheckpoint } from "../../../orchestrator/audit/checkpoint.ts";
import type { AuditEvent } from "../../../orchestrator/audit/events.ts";
import { exportAudit, findIn } from "../../../orchestrator/audit/export.ts";
import {
  auditPublicKeyPath,
  loadPublicKey,
  loadSigningKey,
} from "../../../orchestrator/audit/keys.ts";
import { queryAudit } from "../../../orchestrator/audit/query.ts";
import { verifyAudit } from "../../../orchestrator/audit/verify.ts";
import { type AuditWriter, createAuditWriter } from "../../../orchestrator/audit/writer.ts";
import { inTransaction, openDatabase } from "../../../orchestrator/store/database.ts";

const { privateKey, publicKey } = generateKeyPairSync("ed25519");

let database: DatabaseSync;
let writer: AuditWriter;
let now: number;
const signIn = (userName: string, more: Partial<AuditEvent> = {}): AuditEvent => ({
  action: "sign-in",
  outcome: "success",
  userName,
  ...more,
});
const write = (count: number) => {
  for (let i = 1; i <= count; i += 1) writer.write(signIn(`user${i}`));
};
const open = (signingKey: KeyObject = privateKey, seen?: (made: SignedCheckpoint) => void) =>
  createAuditWriter({
    database,
    now: () => now,
    signingKey,
    ...(seen && { onCheckpoint: seen }),
  });
/** What somebody does who can write the file but has no key. */
const tamper = (sql: string, ...values: (string | number)[]) => {
  for (const table of ["audit_records", "audit_checkpoints"])
    database.exec(
      `DROP TRIGGER IF EXISTS ${table}_no_update; DROP TRIGGER IF EXISTS ${table}_no_delete`,
    );
  database.prepare(sql).run(...values);
};
const verify = () => verifyAudit(database, publicKey);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
  now = Date.parse("2026-04-01T00:00:00Z");
  database = openDatabase(":memory:");
  writer = open();
});
afterEach(() => {
  vi.useRealTimers();
  database.close();
});

describe("writing", () => {
  test("an event that the schema does not know is refused and leaves nothing", () => {
    expect(() => writer.write({ ...signIn("a"), action: "made-up" } as never)).toThrow();
    expect(verify()).toMatchObject({ outcome: "intact", records: 0 });
  });

  test("two writers on one file make one chain", () => {
    const other = open();
    for (let i = 0; i < 5; i += 1) {
      writer.write(signIn("a"));
      other.write(signIn("b"));
    }
    expect(verify()).toMatchObject({ outcome: "intact", records: 10 });
  });

  test("inside somebody's transaction the record shares its fate", () => {
    expect(() =>
      inTransaction(database, () => {
        writer.write(signIn("lost"));
        throw new Error("no");
      }),
    ).toThrow("no");
    inTransaction(database, () => writer.write(signIn("kept")));
    expect(queryAudit(database, {}).records.map(({ userName }) => userName)).toEqual(["kept"]);
  });

  test.each([
    "UPDATE audit_records SET hash = ''",
    "DELETE FROM audit_records",
    "UPDATE audit_checkpoints SET signature = ''",
    "DELETE FROM audit_checkpoints",
  ])("the database refuses: %s", (sql) => {
    write(1);
    writer.checkpoint();
    expect(() => database.exec(sql)).toThrow("append-only");
  });
});

describe("addresses", () => {
  const url = "https://search.example/find?q=%E7%97%85%E9%99%A2#top";
  const asked: AuditEvent = {
    action: "download",
    outcome: "success",
    target: url,
    details: { source: url, name: "なぜ?.docx", bytes: 7 },
  };
  const kept = () => queryAudit(database, { action: "download" }).records[0];

  test("stand as they were", () => {
    writer.write(asked);
    expect(kept()).toMatchObject({ target: url, details: { source: url } });
  });

  test("stand without what follows ? or # where the site wants that, and nothing else is cut", () => {
    const reserved = createAuditWriter({
      ...{ database, now: () => now, signingKey: privateKey, dropQueryStrings: true },
    });
    reserved.write(asked);
    const short = "https://search.example/find";
    expect(kept()).toMatchObject({
      target: short,
      details: { source: short, name: "なぜ?.docx", bytes: 7 },
    });
    expect(
      String(database.prepare("SELECT record FROM audit_records").get()?.["record"]),
    ).not.toContain("E7%97%85");
  });
});

test("a record keeps the section that its person had at that moment", () => {
  let section: string | undefined = "税務課";
  const asking = createAuditWriter({
    ...{ database, now: () => now, signingKey: privateKey, sectionOf: () => section },
  });
  asking.write(signIn("hanako", { userId: "u1" }));
  section = "市民課";
  asking.write(signIn("hanako", { userId: "u1" }));
  section = undefined;
  asking.write(signIn("hanako", { userId: "u1" }));
  asking.write(signIn("nobody"));
  expect(queryAudit(database, {}).records.map((each) => each.section)).toEqual([
    ...[null, null, "市民課", "税務課"],
  ]);
});

describe("checkpoints", () => {
  test("are made with the thousandth record, when a minute passed, and at the end", () => {
    const seen: number[] = [];
    writer[Symbol.dispose]();
    writer = open(privateKey, ({ seq }) => void seen.push(seq));
    write(999);
    expect(seen).toEqual([]);
    write(1);
    expect(seen).toEqual([1000]);
    write(1);
    vi.advanceTimersByTime(60_000);
    expect(seen).toEqual([1000, 1001]);
    vi.advanceTimersByTime(600_000);
    expect(seen).toEqual([1000, 1001]);
    write(2);
    writer[Symbol.dispose]();
    expect(seen).toEqual([1000, 1001, 1003]);
    expect(verify()).toMatchObject({ outcome: "intact", checkpoints: 3, unsigned: 0 });
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe("verifying", () => {
  beforeEach(() => {
    write(10);
    writer.checkpoint();
    write(5);
  });

  test("an untouched log is whole, and says how much is not signed yet", () => {
    expect(verify()).toMatchObject({
      outcome: "intact",
      records: 15,
      checkpoints: 1,
      unsigned: 5,
    });
  });

  test.each<[string, string, number, string]>([
    [
      "a record's text was changed",
      "UPDATE audit_records SET record = replace(record, 'user7', 'userX') WHERE seq = 7",
      7,
      "record-altered",
    ],
    ["a record was taken out", "DELETE FROM audit_records WHERE seq = 4", 4, "record-missing"],
    [
      "two records changed places",
      "UPDATE audit_records SET seq = CASE seq WHEN 2 THEN -3 ELSE seq END",
      1,
      "record-missing",
    ],
    ["the end was cut off", "DELETE FROM audit_records WHERE seq > 8", 9, "truncated"],
    ["everything was removed", "DELETE FROM audit_records", 1, "truncated"],
    [
      "a checkpoint was rewritten",
      "UPDATE audit_checkpoints SET statement = replace(statement, '2026', '2027')",
      10,
      "checkpoint-forged",
    ],
  ])("finds that %s", (_sentence, sql, seq, reason) => {
    tamper(sql);
    expect(verify()).toMatchObject({ outcome: "broken", seq, reason });
  });

  test("finds a chain that was stamped anew from a changed record on", () => {
    const rows = database.prepare("SELECT seq, record FROM audit_records WHERE seq >= 3").all();
    let prev = String(
      database.prepare("SELECT hash FROM audit_records WHERE seq = 2").get()?.["hash"],
    );
    for (const row of rows) {
      const read = readRecord(String(row["record"]));
      if (!read) throw new Error("unreadable");
      const event = read.seq === 3 ? { ...read.event, userName: "somebody else" } : read.event;
      const made = chainOne({ ...read, prev, event });
      tamper(
        "UPDATE audit_records SET record = ?, hash = ? WHERE seq = ?",
        made.record,
        made.hash,
        made.seq,
      );
      prev = made.hash;
    }
    expect(verify()).toMatchObject({ outcome: "broken", seq: 10, reason: "restamped" });
  });

  test("finds checkpoints signed with another key", () => {
    const other = generateKeyPairSync("ed25519");
    expect(verifyAudit(database, other.publicKey)).toMatchObject({
      seq: 10,
      reason: "checkpoint-forged",
    });
  });

  test("finds checkpoints that were removed from a long log", () => {
    write(1500);
    tamper("DELETE FROM audit_checkpoints");
    expect(verify()).toMatchObject({ outcome: "broken", seq: 1000, reason: "checkpoint-missing" });
  });
});

describe("reading", () => {
  beforeEach(() => {
    writer.write(signIn("hanako", { terminal: "10.0.0.1", target: "Hanako" }));
    now += 3_600_000;
    writer.write({
      action: "sign-in",
      outcome: "failure",
      target: "tarou",
      reason: "unknown-user",
    });
    now += 3_600_000;
    writer.write({
      action: "navigation",
      outcome: "success",
      userName: "hanako",
      sessionId: "s23456789",
      target: "http://kunren/100%_sure",
      details: { rule: "allow-practice" },
    });
  });

  test.each([
    ["nothing: newest first", {}, [3, 2, 1]],
    ["a person, however typed", { user: "Ｈanako" }, [3, 1]],
    ["an action", { action: "sign-in" as const }, [2, 1]],
    ["an outcome", { outcome: "failure" as const }, [2]],
    ["a session", { session: "s23456789" }, [3]],
    ["a time from, inclusive", { from: "2026-04-01T01:00:00Z" }, [3, 2]],
    ["a time to, exclusive", { to: "2026-04-01T01:00:00Z" }, [1]],
    ["a time with an offset", { to: "2026-04-01T10:00:01+09:00" }, [2, 1]],
    ["text of the target", { q: "TAROU" }, [2]],
    ["text of the reason", { q: "unknown" }, [2]],
    ["text of the details", { q: "allow-pr" }, [3]],
    ["% and _ as themselves", { q: "0%_s" }, [3]],
    ["% not as anything", { q: "t%u" }, []],
    ["all at once", { user: "hanako", action: "navigation" as const, q: "kunren" }, [3]],
  ])("filters by %s", (_sentence, query, seqs) => {
    expect(queryAudit(database, query).records.map(({ seq }) => seq)).toEqual(seqs);
  });

  test.each(["yesterday", "2026-13-01", "2026-02-30", "2026-04-01 10:00"])(
    "a time like %s is refused, not guessed",
    (from) => {
      expect(() => queryAudit(database, { from })).toThrow(
        expect.objectContaining({ code: "BAD_REQUEST" }) as Error,
      );
    },
  );

  test("pages join without gap or overlap while new records arrive", () => {
    const one = queryAudit(database, { limit: 2 });
    expect(one.nextBefore).toBe(2);
    write(3);
    const two = queryAudit(database, { limit: 2, before: one.nextBefore ?? 0 });
    expect(two.records.map(({ seq }) => seq)).toEqual([1]);
    expect(two.nextBefore).toBeNull();
  });

  test("the CSV begins with a BOM, has CRLF, headings in the language asked for, and every record", async () => {
    write(1200);
    const csv = await text(exportAudit(findIn(database), { limit: 1, before: 2 }, "ja"));
    // `text` decodes and drops the BOM, so it is looked at in the bytes.
    const chunks = await exportAudit(findIn(database), {}, "ja").take(1).toArray();
    expect(Buffer.from(chunks[0] as string).subarray(0, 3)).toEqual(
      Buffer.from([0xef, 0xbb, 0xbf]),
    );
    const lines = csv.split("\r\n");
    expect(lines[0]).toMatch(/^\uFEFF?番号,/);
    expect(lines).toHaveLength(1 + 1203 + 1);
    expect(lines[1]).toMatch(/^1203,/);
    expect(lines.at(-2)).toMatch(/^1,/);
    expect(csv.replaceAll("\r\n", "")).not.toContain("\n");
    expect(await text(exportAudit(findIn(database), {}, "en"))).toContain("Number,Time (UTC)");
  });

  test("a file name that is a formula arrives as text", async () => {
    writer.write({ action: "download", outcome: "success", target: "=cmd|' /C calc'!A0" });
    expect(await text(exportAudit(findIn(database), { action: "download" }, "ja"))).toContain(
      ",'=cmd|' /C calc'!A0,",
    );
  });
});

describe("the signing key", () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), "hanare-keys-"));
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  test("is made once, for its owner only, with the public half beside it", () => {
    const keys = join(dir, "keys");
    const made = loadSigningKey(keys);
    expect(statSync(join(keys, "audit-ed25519.pem")).mode & 0o777).toBe(0o600);
    expect(loadSigningKey(keys).equals(made)).toBe(true);
    expect(loadPublicKey(auditPublicKeyPath(keys)).equals(createPublicKey(made))).toBe(true);
  });

  test("is refused when others can read it", () => {
    loadSigningKey(dir);
    chmodSync(join(dir, "audit-ed25519.pem"), 0o644);
    expect(() => loadSigningKey(dir)).toThrow(
      expect.objectContaining({ code: "CONFIG_INVALID" }) as Error,
    );
  });
});
