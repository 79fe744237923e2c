/** What the index finds is what reading every record finds: over several segments, after a restart, and while the log grows. */
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, readdirSync, rmSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { queryAudit } from "../../../orchestrator/audit/query.ts";
import { readFilter } from "../../../orchestrator/audit/search/filter.ts";
import { SearchIndex } from "../../../orchestrator/audit/search/index.ts";
import { createAuditReader } from "../../../orchestrator/audit/search/reader.ts";
import { search } from "../../../orchestrator/audit/search/search.ts";
import { segmentRecords } from "../../../orchestrator/audit/search/segment.ts";
import { createAuditWriter } from "../../../orchestrator/audit/writer.ts";
import type { AuditQuery } from "../../../orchestrator/http/contract.ts";
import { openDatabase } from "../../../orchestrator/store/database.ts";
import { fillLog } from "../../support/audit/fill-log.ts";

const { privateKey } = generateKeyPairSync("ed25519");
/** One finished segment, and the beginning of another. */
const records = segmentRecords + 4_000;
const endMs = Date.parse("2026-04-01T00:00:00Z");

let folder: string;
let path: string;
let database: DatabaseSync;
let index: SearchIndex;

function caughtUp(at = join(folder, "index")): SearchIndex {
  const made = new SearchIndex(at, database);
  while (made.catchUp(10_000) > 0);
  return made;
}
const seqs = (query: AuditQuery, over = index) =>
  search(
    over,
    database,
    readFilter(query),
    query.limit ?? 50,
    Number.POSITIVE_INFINITY,
  ).records.map(({ record }) => record.seq);
const everyRecord = (query: AuditQuery) =>
  queryAudit(database, { limit: 50, ...query }).records.map(({ seq }) => seq);

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "hanare-audit-"));
  path = join(folder, "hanare.db");
  fillLog({ path, records, signingKey: privateKey, startMs: endMs - 86_400_000 * 30, endMs });
  database = openDatabase(path);
  index = caughtUp();
}, 120_000);
afterAll(() => {
  index[Symbol.dispose]();
  database.close();
  rmSync(folder, { recursive: true });
});

const queries: Record<string, AuditQuery> = {
  "nothing: the newest": {},
  "a person": { user: "Staff17" },
  "a section, written in another form": { section: " 税務課" },
  "a terminal": { terminal: "10.1.17.17" },
  "a host": { host: "WWW.host3.example.jp" },
  "a rare host": { host: "www.host19000.example.jp" },
  "a file by its name": { file: "給与明細_5.docx" },
  "a kind and an outcome": { action: "sign-in", outcome: "failure" },
  "a period of the newest alone": { from: "2026-03-31T18:00:00Z" },
  "a period before everything": { to: "2026-02-01T00:00:00Z" },
  "a period": { from: "2026-03-20T00:00:00Z", to: "2026-03-20T00:30:00Z" },
  "a Japanese word of two letters": { q: "名簿" },
  "a Japanese word within another": { q: "育委員" },
  "half-width forms": { q: "ＨＯＳＴ19" },
  "two words in different fields": { q: "名簿 staff1234" },
  "a word too short for the index": { q: "1" },
  "a word that does not occur": { q: "存在しない" },
  "part of a reference number": { q: "-0a1b" },
  "everything at once": {
    action: "navigation",
    section: "総務課",
    q: "host1 page",
    to: "2026-03-25",
  },
  "what came since": { after: records - 3 },
  "the next page": { before: 1234, outcome: "refused" },
};

describe("the index finds what reading every record finds", () => {
  test.each(Object.entries(queries))("by %s", (_sentence, query) => {
    expect(seqs(query)).toEqual(everyRecord(query));
  });

  test("of a session, a reference number and a hash, each whole", () => {
    const some = queryAudit(database, { before: 30_000, limit: 200 }).records;
    const refused = some.find(({ action }) => action === "proxy-refusal");
    const released = some.find(({ action }) => action === "release");
    const whole = [
      { session: refused?.sessionId ?? "" },
      { q: String(refused?.details["requestId"]) },
      { q: String(released?.details["sha256Out"]) },
    ];
    for (const query of whole) {
      expect(seqs(query).length).toBeGreaterThan(0);
      expect(seqs(query)).toEqual(everyRecord(query));
    }
  });

  test("page by page, each where the last one ended", () => {
    const query = { section: "会計課", action: "release" } as const;
    const found: number[] = [];
    for (let before: number | null | undefined; before !== null; ) {
      const filter = readFilter({ ...query, ...(before !== undefined && { before }) });
      const page = search(index, database, filter, 100, Number.POSITIVE_INFINITY);
      found.push(...page.records.map(({ record }) => record.seq));
      before = page.nextBefore;
    }
    expect(found).toEqual(everyRecord({ ...query, limit: 10_000 }));
  });

  test("bit by bit when it has no time, saying how far it looked", () => {
    const found: number[] = [];
    let stops = 0;
    for (let before: number | null | undefined; before !== null; ) {
      const filter = readFilter({ q: "staff17 1", ...(before !== undefined && { before }) });
      const page = search(index, database, filter, 1_000, 0);
      if (page.lookedBackTo !== null) stops += 1;
      found.push(...page.records.map(({ record }) => record.seq));
      before = page.nextBefore;
    }
    expect(stops).toBeGreaterThan(0);
    expect(found).toEqual(everyRecord({ q: "staff17 1", limit: 10_000 }));
  });
});

describe("the index", () => {
  test("finds the same after a restart, without reading what is finished again", () => {
    const again = new SearchIndex(join(folder, "index"), database);
    expect(again.indexedUpTo).toBe(segmentRecords);
    while (again.catchUp(10_000) > 0);
    expect(seqs({ q: "名簿" }, again)).toEqual(everyRecord({ q: "名簿" }));
    again[Symbol.dispose]();
  });

  test("is made anew when a file of it is cut short, or it is of another log", () => {
    const other = join(folder, "other");
    caughtUp(other)[Symbol.dispose]();
    const [file = ""] = readdirSync(other).filter((name) => name.endsWith(".segment"));
    truncateSync(join(other, file), 100);
    const mended = new SearchIndex(other, database);
    expect(mended.indexedUpTo).toBe(0);
    mended[Symbol.dispose]();

    const small = openDatabase(join(folder, "small.db"));
    using writer = createAuditWriter({ database: small, now: Date.now, signingKey: privateKey });
    writer.write({ action: "sign-in", outcome: "success", userName: "hanako" });
    const strange = new SearchIndex(other, small);
    strange.catchUp(10);
    expect(strange.indexedUpTo).toBe(1);
    strange[Symbol.dispose]();
  });
});

test("the reading thread finds what was written a moment ago, and refuses times it cannot read", async () => {
  const written = openDatabase(join(folder, "live.db"));
  using writer = createAuditWriter({ database: written, now: Date.now, signingKey: privateKey });
  await using reader = createAuditReader({
    path: join(folder, "live.db"),
    folder: join(folder, "live-index"),
  });
  for (const userName of ["hanako", "tarou"]) {
    writer.write({ action: "sign-in", outcome: "success", userName });
    const { records: found, pending } = await reader.search({ user: userName }, 10);
    expect(found.map(({ record }) => record.event.userName)).toEqual([userName]);
    expect(pending).toBe(0);
  }
  await expect(reader.search({ from: "yesterday" }, 10)).rejects.toMatchObject({
    code: "BAD_REQUEST",
  });
});
