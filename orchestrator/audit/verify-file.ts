/**
 * Verifies a log on disk with all cores: each takes a part of it in a thread of its own. Hashing is what
 * it costs; that each record names the hash before it only has to hold at the seams, where a part begins
 * with the hash that the part before arrives at.
 */
import type { KeyObject } from "node:crypto";
import { once } from "node:events";
import { availableParallelism } from "node:os";
import { DatabaseSync } from "node:sqlite";
import { Worker } from "node:worker_threads";
import {
  type AuditVerdict,
  newest,
  type Part,
  readStart,
  type Start,
  verifyAudit,
} from "./verify.ts";

/** Records below which a thread costs more than it saves. */
const worthAThread = 100_000;

export interface PartTask {
  readonly path: string;
  /** SPKI, PEM. */
  readonly publicKey: string;
  readonly part: Part;
  readonly start: Start;
}

export async function verifyAuditFile(
  path: string,
  publicKey: KeyObject,
  leastPerThread = worthAThread,
): Promise<AuditVerdict> {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    const start = readStart(database, publicKey);
    if ("outcome" in start) return start;
    const parts = cut(start.deletions.at(-1)?.seq ?? 0, newest(database), leastPerThread);
    if (parts.length < 2) return verifyAudit(database, publicKey);
    const pem = publicKey.export({ type: "spki", format: "pem" }).toString();
    const verdicts = await Promise.all(
      parts.map((part) => verifyInThread({ path, publicKey: pem, part, start })),
    );
    const last = verdicts.at(-1);
    // The threads do not see one and the same moment of a log that is being written and thinned out: what one
    // of them finds is looked for once more in a single snapshot, which also names the first record.
    if (last?.outcome !== "intact" || verdicts.some(({ outcome }) => outcome === "broken"))
      return verifyAudit(database, publicKey);
    const checkpoints = verdicts.map((each) => (each.outcome === "intact" ? each.checkpoints : 0));
    return { ...last, checkpoints: checkpoints.reduce((sum, each) => sum + each, 0) };
  } finally {
    database.close();
  }
}

/** Parts of about the same size after what was deleted, one a core. */
function cut(deleted: number, upTo: number, leastPerThread: number): readonly Part[] {
  const records = upTo - deleted;
  const threads = Math.min(availableParallelism(), Math.floor(records / leastPerThread));
  const size = Math.ceil(records / Math.max(threads, 1));
  return Array.from({ length: threads }, (_, at) => ({
    after: at === 0 ? 0 : deleted + at * size,
    upTo: Math.min(upTo, deleted + (at + 1) * size),
  }));
}

async function verifyInThread(task: PartTask): Promise<AuditVerdict> {
  const worker = new Worker(new URL("./verify-thread.ts", import.meta.url), { workerData: task });
  const [verdict] = (await once(worker, "message")) as [AuditVerdict];
  await worker.terminate();
  return verdict;
}
