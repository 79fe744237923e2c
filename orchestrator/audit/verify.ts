/**
 * Walks the audit log and says whether it is whole. Needs the file and the public key only; reads, never
 * writes. The first thing that does not fit is named by the number of its record. Parts of the log can be
 * walked side by side (verify-file.ts): each begins at the hash that is stored before it, and the part
 * before has to arrive at that very hash.
 */
import type { KeyObject } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { type BrokenLink, type ChainHead, emptyHead, follow, readRecord } from "./chain.ts";
import { openCheckpoint, recordsPerCheckpoint, type SignedCheckpoint } from "./checkpoint.ts";
import { openRetention, type RetentionStatement } from "./retention.ts";

export type BrokenReason =
  | BrokenLink["reason"]
  | "checkpoint-forged"
  | "checkpoint-missing"
  | "restamped"
  | "retention-forged"
  | "truncated";

export interface BrokenLog {
  readonly outcome: "broken";
  /** First record that is missing, altered or not covered as it must be. */
  readonly seq: number;
  readonly reason: BrokenReason;
}

/** What was deleted by rule, as signed: everything up to `seq`, all of it from before `before`. */
export type Deletion = Pick<RetentionStatement, "at" | "seq" | "before" | "rule" | "keepDays">;

export interface IntactLog {
  readonly outcome: "intact";
  /** Number of the newest record: how many were ever written. */
  readonly records: number;
  readonly head: string;
  readonly checkpoints: number;
  /** Newest records, not yet under a signature: these alone could be cut off unseen. */
  readonly unsigned: number;
  readonly deletions: readonly Deletion[];
}

export type AuditVerdict = BrokenLog | IntactLog;

/** The records after `after` up to and including `upTo`. */
export interface Part {
  readonly after: number;
  readonly upTo: number;
}

/** The whole log in one snapshot. */
export function verifyAudit(database: DatabaseSync, publicKey: KeyObject): AuditVerdict {
  const own = !database.isTransaction;
  if (own) database.exec("BEGIN");
  try {
    const start = readStart(database, publicKey);
    if ("outcome" in start) return start;
    return verifyPart(database, publicKey, { after: 0, upTo: newest(database) }, start);
  } finally {
    if (own) database.exec("COMMIT");
  }
}

/** Where the walk begins, by what was deleted with a signature; broken when a statement is not the writer's. */
export interface Start {
  readonly deletions: readonly RetentionStatement[];
}

export function readStart(database: DatabaseSync, publicKey: KeyObject): BrokenLog | Start {
  // Numbers begin at 1: the walk would not meet what somebody put below.
  if (database.prepare("SELECT 1 FROM audit_records WHERE seq < 1 LIMIT 1").get())
    return { outcome: "broken", seq: 1, reason: "record-missing" };
  const deletions: RetentionStatement[] = [];
  for (const each of readSigned(database, "audit_retentions", 0)) {
    const opened = openRetention(each, publicKey);
    if (!opened) return { outcome: "broken", seq: each.seq, reason: "retention-forged" };
    deletions.push(opened);
  }
  return { deletions };
}

/** The part that ends with the newest record also says whether the log goes as far as its checkpoints. */
export function verifyPart(
  database: DatabaseSync,
  publicKey: KeyObject,
  { after, upTo }: Part,
  { deletions }: Start,
): AuditVerdict {
  const broken = (seq: number, reason: BrokenReason): BrokenLog => ({
    outcome: "broken",
    seq,
    reason,
  });
  const floor = deletions.at(-1);
  const begin = after === 0 ? headBefore(database, floor) : storedHead(database, after);
  if (!begin) return broken(after === 0 ? 1 : after, "record-missing");
  let head = begin;
  const checkpoints = readSigned(database, "audit_checkpoints", head.seq);
  const lastSigned = checkpoints.at(-1)?.seq ?? 0;
  let signedUpTo = Math.max(signedBefore(database, head.seq), floor?.seq ?? 0);
  let next = 0;
  for (const stored of storedRecords(database, head.seq, upTo)) {
    const link = follow(head, stored, stored.seq <= lastSigned);
    if (link.outcome === "broken") return broken(link.seq, link.reason);
    head = link.head;
    if (floor?.seq === head.seq && floor.head !== head.hash) return broken(head.seq, "restamped");
    const due = checkpoints[next];
    if (due?.seq === head.seq) {
      const statement = openCheckpoint(due, publicKey);
      if (!statement) return broken(head.seq, "checkpoint-forged");
      if (statement.head !== head.hash) return broken(head.seq, "restamped");
      signedUpTo = head.seq;
      next += 1;
    }
    // The writer signs in the same transaction as the thousandth record: a longer gap was made by hand.
    if (head.seq - signedUpTo >= recordsPerCheckpoint)
      return broken(head.seq, "checkpoint-missing");
  }
  if (head.seq < upTo) return broken(head.seq + 1, "record-missing");
  const beyond = checkpoints[next];
  if (beyond && (beyond.seq <= upTo || upTo === newest(database)))
    return broken(head.seq + 1, "truncated");
  return {
    outcome: "intact",
    records: head.seq,
    head: head.hash,
    checkpoints: next,
    unsigned: head.seq - signedUpTo,
    deletions: deletions.map(({ at, seq, before, rule, keepDays }) => ({
      ...{ at, seq, before, rule, keepDays },
    })),
  };
}

/** Records that a deletion has not reached yet still have to lead to the head that it names. */
function headBefore(
  database: DatabaseSync,
  floor: RetentionStatement | undefined,
): ChainHead | undefined {
  if (!floor) return emptyHead;
  const kept = { seq: floor.seq, hash: floor.head };
  const [oldest] = storedRecords(database, 0, floor.seq, 1);
  if (!oldest) return kept;
  const read = readRecord(oldest.record);
  return read && { seq: oldest.seq - 1, hash: read.prev };
}

function storedHead(database: DatabaseSync, seq: number): ChainHead | undefined {
  const [found] = storedRecords(database, seq - 1, seq);
  return found && { seq, hash: found.hash };
}

const batchSize = 1000;
const storedRow = z.tuple([z.number(), z.string(), z.string()]);

function* storedRecords(database: DatabaseSync, after: number, upTo: number, size = batchSize) {
  const statement = database.prepare(
    "SELECT seq, record, hash FROM audit_records WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?",
  );
  statement.setReturnArrays(true);
  for (let from = after; ; ) {
    const rows = statement.all(from, upTo, size) as unknown as [number, string, string][];
    // The table is STRICT: one row shows what all columns hold.
    if (rows[0]) storedRow.parse(rows[0]);
    for (const [seq, record, hash] of rows) yield { seq, record, hash };
    const last = rows.at(-1);
    if (rows.length < size || !last) return;
    from = last[0];
  }
}

const signedRow = z.object({ seq: z.number(), statement: z.string(), signature: z.string() });

function readSigned(
  database: DatabaseSync,
  table: "audit_checkpoints" | "audit_retentions",
  after: number,
): readonly SignedCheckpoint[] {
  const found = database
    .prepare(`SELECT seq, statement, signature FROM ${table} WHERE seq > ? ORDER BY seq`)
    .all(after);
  return found.map((each) => signedRow.parse(each));
}

const numberRow = z.object({ seq: z.number().nullable() });

export function newest(database: DatabaseSync): number {
  const found = database.prepare("SELECT max(seq) AS seq FROM audit_records").get();
  return numberRow.parse(found).seq ?? 0;
}

function signedBefore(database: DatabaseSync, seq: number): number {
  const found = database
    .prepare("SELECT max(seq) AS seq FROM audit_checkpoints WHERE seq <= ?")
    .get(seq);
  return numberRow.parse(found).seq ?? 0;
}
