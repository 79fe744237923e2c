/** The counts of reports, against the same counts made record by record. */
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { afterAll, beforeAll, expect, test } from "vitest";
import { queryAudit } from "../../../orchestrator/audit/query.ts";
import { questionOf, reportCsv } from "../../../orchestrator/audit/reports.ts";
import { readFilter } from "../../../orchestrator/audit/search/filter.ts";
import { SearchIndex } from "../../../orchestrator/audit/search/index.ts";
import { report } from "../../../orchestrator/audit/search/report.ts";
import { type AuditReportQuery, auditReport } from "../../../orchestrator/http/audit-contract.ts";
import type { AuditRecord } from "../../../orchestrator/http/contract.ts";
import { openDatabase } from "../../../orchestrator/store/database.ts";
import { fillLog } from "../../support/audit/fill-log.ts";

const records = 5_000;
const endMs = Date.parse("2026-04-01T00:00:00Z");
let folder: string;
let database: DatabaseSync;
let index: SearchIndex;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "hanare-audit-"));
  const path = join(folder, "hanare.db");
  const signingKey = generateKeyPairSync("ed25519").privateKey;
  fillLog({ path, records, signingKey, startMs: endMs - 86_400_000 * 20, endMs });
  database = openDatabase(path);
  index = new SearchIndex(join(folder, "index"), database);
  while (index.catchUp(10_000) > 0);
});
afterAll(() => {
  index[Symbol.dispose]();
  database.close();
  rmSync(folder, { recursive: true });
});

function counted(query: AuditReportQuery) {
  const { query: filter, ...asked } = questionOf(query, 50);
  return auditReport.parse({
    ...report(index, database, { ...asked, filter: readFilter(filter) }),
    pending: 0,
  });
}

/** The same by reading every record. */
function tally(
  valueOf: (record: AuditRecord) => string | null,
  only: (record: AuditRecord) => boolean = () => true,
) {
  const counts = new Map<string, number>();
  for (const record of queryAudit(database, { limit: records }).records) {
    const value = valueOf(record);
    if (value !== null && only(record)) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return counts;
}

const hostIn = ({ target }: AuditRecord) => /^https:\/\/([^/:]+)/.exec(target ?? "")?.[1] ?? null;
const office = ({ at }: AuditRecord) => {
  const time = new Date(at);
  return time.getDay() > 0 && time.getDay() < 6 && time.getHours() >= 7 && time.getHours() < 20;
};

test.each<[AuditReportQuery, () => ReturnType<typeof tally>]>([
  [{ report: "people" }, () => tally(({ userName }) => userName)],
  [{ report: "sections" }, () => tally(({ section }) => section)],
  [{ report: "hosts" }, () => tally(hostIn)],
  [{ report: "refusals" }, () => tally(hostIn, ({ outcome }) => outcome === "refused")],
  [
    { report: "unusual-hours" },
    () =>
      tally(
        ({ userName }) => userName,
        (each) => !office(each),
      ),
  ],
  [
    { report: "people", section: "税務課", from: "2026-03-20T00:00:00Z" },
    () =>
      tally(
        ({ userName }) => userName,
        ({ section, at }) => section === "税務課" && at >= "2026-03-20",
      ),
  ],
])("%o counts what reading every record counts", (query, expected) => {
  const by = expected();
  const made = counted(query);
  expect(by.size).toBeGreaterThan(5);
  expect(made.values).toBe(by.size);
  expect(made.records).toBe([...by.values()].reduce((sum, each) => sum + each, 0));
  for (const { value, records: count } of made.rows)
    expect([value, count]).toEqual([value, by.get(value)]);
  expect(made.rows.map((row) => row.records)).toEqual(
    [...by.values()].sort((a, b) => b - a).slice(0, 50),
  );
  expect(made.hours.reduce((sum, each) => sum + each, 0)).toBe(made.records);
  expect(made.days.reduce((sum, each) => sum + each.records, 0)).toBe(made.records);
});

test("the biggest receivers stand by bytes, and what they took is what was released to them", () => {
  const made = counted({ report: "receivers" });
  const bytes = made.rows.map((row) => row.bytes);
  expect(bytes).toEqual(bytes.toSorted((a, b) => b - a));
  const first = made.rows[0];
  const theirs = queryAudit(database, {
    user: first?.value,
    action: "release",
    limit: 500,
  }).records;
  expect(first?.records).toBe(theirs.length);
  expect(first?.bytes).toBe(
    theirs.reduce((sum, { details }) => sum + Number(details["bytesOut"]), 0),
  );
});

test("a period that nothing lies in is empty, and the CSV is one heading", () => {
  const made = counted({ report: "people", from: "2020-01-01", to: "2020-01-02" });
  expect(made).toMatchObject({ rows: [], values: 0, records: 0, days: [] });
  expect(reportCsv(made, "en")).toBe(
    "\uFEFFRank,Value,Records,Of these refused,Received (bytes)\r\n",
  );
});

test("a value that is a formula stands as text in the CSV", () => {
  const row = { value: "=1+1", records: 2, refused: 1, bytes: 0 };
  const made = { ...counted({ report: "people" }), rows: [row] };
  expect(reportCsv(made, "ja")).toContain("\r\n1,'=1+1,2,1,0\r\n");
});
