/**
 * The audit log at a town's rate and after years. `--json`; `--records N` for a smaller log than 10 million.
 *
 * - append_per_s: records kept per second over `appendMs`, told by 256 writers side by side, each of which
 *   waits until its record is on disk before it makes the next. One writer alone is a figure.
 * - lost: a process doing the same is killed with SIGKILL; what it was told is kept and is not there.
 * - verify_per_s: the whole log as `hanare audit verify` does it, from a file that is in the page cache
 *   as far as the machine's memory goes.
 * The large log is made here, by the same arithmetic, in a temporary directory.
 */
import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
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
  const bars: readonly Bar[] = [
    { id: "append_per_s", value: appendPerSecond, bar: 10_000, cmp: ">=" },
    { id: "lost", value: killed.lost.length, bar: 0, cmp: "<=" },
    { id: "verify_per_s", value: records / (verifyMs / 1000), bar: 500_000, cmp: ">=" },
  ];
  const figures = {
    append_alone_per_s: alone,
    killed_after: killed.acknowledged,
    records,
    log_mb: statSync(path).size / 1024 ** 2,
    made_s: fillMs / 1000,
  };
  printResult({ bench: "audit", runs: 1, figures, bars }, values.json === true);
}

await main();
