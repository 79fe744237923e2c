/**
 * The audit log at a town's rate and after years. `--json`; `--records N` for a smaller log than 10 million.
 *
 * - append_per_s: records kept per second over `appendMs`, told by 256 writers side by side, each of which
 *   waits until its record is on disk before it makes the next. One writer alone is a figure.
 * - lost: a process doing the same is killed with SIGKILL; what it was told is kept and is not there.
 * - verify_per_s: the whole log as `hanare audit verify` does it, from a file that is in the page cache
 *   as far as the machine's memory goes.
 * - search_ms: the slowest first page of `searches` over the whole log, each asked once, as the auditor's page
 *   asks; none may stop for want of time. The index is built before (index_per_s); files are read through the
 *   page cache, as far as the machine's memory goes.
 * - report_…_ms (figures): what each report takes over the whole log; the page asks for thirty days of it.
 * The large log is made here, by the same arithmetic, in a temporary directory.
 */
import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { DatabaseSync } from "node:sqlite";
import { questionOf } from "../../orchestrator/audit/reports.ts";
import { readFilter } from "../../orchestrator/audit/search/filter.ts";
import { SearchIndex } from "../../orchestrator/audit/search/index.ts";
import { report } from "../../orchestrator/audit/search/report.ts";
import { search } from "../../orchestrator/audit/search/search.ts";
import { auditReports } from "../../orchestrator/http/audit-contract.ts";
import type { AuditQuery } from "../../orchestrator/http/contract.ts";
import { verifyAuditFile } from "../../orchestrator/audit/verify-file.ts";
import { createAuditWriter } from "../../orchestrator/audit/writer.ts";
import { openDatabase } from "../../orchestrator/store/database.ts";
import { fillLog } from "../support/audit/fill-log.ts";
import { killRecorder } from "../support/audit/kill-recorder.ts";
import { townEvent } from "../support/audit/town.ts";
import { type Bar, printResult } from "./report.ts";

const { values } = parseArgs({
  options: { json: { type: "boolean" }, records: { type: "string", default: "10000000" } },
});
const records = Number(values.records);
const appendMs = 10_000;
const { privateKey } = generateKeyPairSync("ed25519");

/** Records per second that `writers` get kept. */
async function append(folder: string, writers: number, forMs: number): Promise<number> {
  const database = openDatabase(join(folder, `append-${writers}.db`));
  const audit = createAuditWriter({ database, now: Date.now, signingKey: privateKey });
  const startedAt = performance.now();
  let kept = 0;
  const write = async () => {
    while (performance.now() - startedAt < forMs) {
      await audit.record(townEvent(kept));
      kept += 1;
    }
  };
  await Promise.all(Array.from({ length: writers }, write));
  const perSecond = kept / ((performance.now() - startedAt) / 1000);
  audit[Symbol.dispose]();
  database.close();
  return perSecond;
}

async function timed<T>(work: () => T | Promise<T>): Promise<readonly [number, T]> {
  const startedAt = performance.now();
  const result = await work();
  return [performance.now() - startedAt, result];
}

const searches: Readonly<Record<string, AuditQuery>> = {
  newest: {},
  person: { user: "staff1234" },
  rare_host: { host: "www.host19876.example.jp" },
  person_and_host: { user: "staff1234", host: "www.host19876.example.jp" },
  section_kind_refused: { section: "税務課", action: "proxy-refusal", outcome: "refused" },
  never: { user: "nobody" },
  session: { session: "s00000000" },
  file: { file: "給与明細_4711.docx" },
  old_month: { from: "2026-01-01T00:00:00Z", to: "2026-02-01T00:00:00Z", user: "staff77" },
  japanese_pair: { q: "給与" },
  japanese_words: { q: "給与明細_4711" },
  two_words: { q: "名簿 staff1234" },
  host_part: { q: "host19876" },
  no_such_word: { q: "存在しない" },
  no_such_letters: { q: "zzzz" },
};

/** Milliseconds of each, and what had to stop. */
function searchAll(index: SearchIndex, database: DatabaseSync) {
  const took: Record<string, number> = {};
  const stopped: string[] = [];
  for (const [name, query] of Object.entries(searches)) {
    const startedAt = performance.now();
    const { lookedBackTo } = search(index, database, readFilter(query), 100);
    took[`search_${name}_ms`] = performance.now() - startedAt;
    if (lookedBackTo !== null) stopped.push(name);
  }
  return { took, stopped };
}

function reportAll(index: SearchIndex, database: DatabaseSync): Readonly<Record<string, number>> {
  const took = auditReports.map((name) => {
    const { query, ...asked } = questionOf({ report: name }, 50);
    const startedAt = performance.now();
    report(index, database, { ...asked, filter: readFilter(query) });
    return [`report_${name}_ms`, performance.now() - startedAt] as const;
  });
  return Object.fromEntries(took);
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "hanare-bench-"));
  using stack = new DisposableStack();
  stack.defer(() => rmSync(folder, { recursive: true }));
  await append(folder, 256, 1000);
  const appendPerSecond = await append(folder, 256, appendMs);
  const alone = await append(folder, 1, 2000);
  const killed = await killRecorder(folder, 50_000);
  const path = join(folder, "years.db");
  const [fillMs] = await timed(() => fillLog({ path, records, signingKey: privateKey }));
  const [verifyMs, verdict] = await timed(() => verifyAuditFile(path, createPublicKey(privateKey)));
  if (verdict.outcome !== "intact" || verdict.records !== records)
    throw new Error(JSON.stringify(verdict));
  const database = openDatabase(path);
  stack.defer(() => database.close());
  const index = stack.use(new SearchIndex(join(folder, "index"), database));
  const [indexMs] = await timed(() => {
    while (index.catchUp(10_000) > 0);
  });
  const { took, stopped } = searchAll(index, database);
  const slowest = Math.max(...Object.values(took));
  const bars: readonly Bar[] = [
    { id: "append_per_s", value: appendPerSecond, bar: 10_000, cmp: ">=" },
    { id: "lost", value: killed.lost.length, bar: 0, cmp: "<=" },
    { id: "verify_per_s", value: records / (verifyMs / 1000), bar: 500_000, cmp: ">=" },
    stopped.length === 0
      ? { id: "search_ms", value: slowest, bar: 1000, cmp: "<=" }
      : {
          id: "search_ms",
          value: null,
          bar: 1000,
          cmp: "<=",
          why: `stopped: ${stopped.join(" ")}`,
        },
  ];
  const figures = {
    append_alone_per_s: alone,
    killed_after: killed.acknowledged,
    records,
    log_mb: statSync(path).size / 1024 ** 2,
    made_s: fillMs / 1000,
    index_per_s: records / (indexMs / 1000),
    ...took,
    ...reportAll(index, database),
  };
  printResult({ bench: "audit", runs: 1, figures, bars }, values.json === true);
}

await main();
