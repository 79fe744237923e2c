/**
 * What the audit log costs those who work meanwhile: a warm open (from the request to the first picture) and a
 * request through the session's egress, with `--rate` records a second (default 10,000) kept beside and without,
 * turns interleaved. The records are kept by the process that opens sessions, as they are in daily life.
 * `--runs N` (default 20), `--json`.
 */
import { once } from "node:events";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { parseArgs } from "node:util";
import { Worker } from "node:worker_threads";
import { loadSigningKey } from "../../orchestrator/audit/keys.ts";
import { createAuditWriter } from "../../orchestrator/audit/writer.ts";
import type { SessionId } from "../../orchestrator/base/ids.ts";
import { sessionDirectory } from "../../orchestrator/sessions/directory.ts";
import { openDatabase } from "../../orchestrator/store/database.ts";
import { townEvent } from "../support/audit/town.ts";
import { startInstallation } from "../support/installation.ts";
import type { RequestsOrder } from "./egress-requests.ts";
import { openFromAfar, poolIsFull } from "./opening.ts";
import { printResult, quantile } from "./report.ts";

const { values } = parseArgs({
  options: {
    json: { type: "boolean" },
    runs: { type: "string", default: "20" },
    rate: { type: "string", default: "10000" },
  },
});
const runs = Number(values.runs);
const rate = Number(values.rate);
const requestsPerTurn = 100;

await using house = await startInstallation({
  config: { sessions: { pool: { min: 1, max: 1 } } },
});
using database = openDatabase(join(house.dataDir, "hanare.db"));
using audit = createAuditWriter({
  database,
  now: Date.now,
  signingKey: loadSigningKey(join(house.dataDir, "keys")),
});

const load = { made: 0, kept: 0, ms: 0 };

/** Records at the asked rate until `signal`; resolves when every one of them is kept. */
async function keepRecords(signal: AbortSignal): Promise<void> {
  const startedAt = performance.now();
  const waiting = new Set<Promise<void>>();
  let made = 0;
  while (!signal.aborted) {
    for (const due = ((performance.now() - startedAt) / 1000) * rate; made < due; made += 1) {
      const kept = audit.record(townEvent(load.made + made)).then(() => {
        load.kept += 1;
        waiting.delete(kept);
      });
      waiting.add(kept);
    }
    await setTimeout(1);
  }
  await Promise.all(waiting);
  load.made += made;
  load.ms += performance.now() - startedAt;
}

const client = new Worker(new URL("egress-requests.ts", import.meta.url));

/** Milliseconds of each request by the session to the practice site. */
async function requestsOf(id: SessionId): Promise<readonly number[]> {
  const { proxySocket } = sessionDirectory(house.hanare.paths.sessionsRun, id);
  const { host } = house.hanare.config.practice;
  const order: RequestsOrder = { proxySocket, host, times: requestsPerTurn };
  const answered = once(client, "message") as Promise<[readonly number[]]>;
  client.postMessage(order);
  const [took] = await answered;
  return took;
}

interface Turn {
  readonly openMs: number;
  readonly requestMs: readonly number[];
}

async function turn(name: string): Promise<Turn> {
  const opened = await openFromAfar(house, name);
  const took = await requestsOf(opened.id);
  await house.hanare.sessions.end(opened.id, "user");
  return { openMs: opened.ms, requestMs: took };
}

async function turnBesideRecords(name: string): Promise<Turn> {
  const over = new AbortController();
  const keeping = keepRecords(over.signal);
  // The load has its pace before the open is asked for.
  await setTimeout(300);
  try {
    return await turn(name);
  } finally {
    over.abort();
    await keeping;
  }
}

const alone: Turn[] = [];
const beside: Turn[] = [];
for (let at = 0; at <= runs; at += 1) {
  await poolIsFull(house);
  const quiet = await turn(`alone-${at}`);
  await poolIsFull(house);
  const loaded = await turnBesideRecords(`beside-${at}`);
  // The first turn warms caches and is dropped.
  if (at === 0) continue;
  alone.push(quiet);
  beside.push(loaded);
  process.stderr.write(
    `${at}/${runs}  alone ${Math.round(quiet.openMs)}  beside ${Math.round(loaded.openMs)} ms\n`,
  );
}

await client.terminate();

const opens = (turns: readonly Turn[], q: number) =>
  quantile(
    turns.map(({ openMs }) => openMs),
    q,
  );
const requests = (turns: readonly Turn[], q: number) =>
  quantile(
    turns.flatMap((each) => each.requestMs),
    q,
  );
printResult(
  {
    bench: "audit-beside",
    runs,
    figures: {
      open_alone_p50_ms: opens(alone, 0.5),
      open_beside_p50_ms: opens(beside, 0.5),
      request_alone_p50_ms: requests(alone, 0.5),
      request_beside_p50_ms: requests(beside, 0.5),
      request_alone_p95_ms: requests(alone, 0.95),
      request_beside_p95_ms: requests(beside, 0.95),
      records: load.kept,
    },
    bars: [
      { id: "kept_per_s", value: load.kept / (load.ms / 1000), bar: rate * 0.99, cmp: ">=" },
      { id: "open_ratio", value: opens(beside, 0.5) / opens(alone, 0.5), bar: 1.1, cmp: "<=" },
      {
        id: "request_ratio",
        value: requests(beside, 0.5) / requests(alone, 0.5),
        bar: 1.1,
        cmp: "<=",
      },
    ],
  },
  values.json === true,
);
