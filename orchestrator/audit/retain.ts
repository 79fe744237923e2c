/**
 * Deletes what is older than a rule keeps. First the signed statement and a record of the deletion, in one
 * transaction; then the records, oldest first, in small steps between which others write. Whatever ends it in
 * between, the log stays provable, and the next run goes on. What a syslog server is still to get stays, however old.
 */
import type { KeyObject } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { setImmediate as nextTurn } from "node:timers/promises";
import { z } from "zod";
import { inTransaction } from "../store/database.ts";
import type { AuditLog } from "./events.ts";
import { type SignedRetention, signRetention } from "./retention.ts";

export interface RetentionRule {
  /** As the site calls it, such as the number in its rules for documents. */
  readonly rule: string;
  readonly keepDays: number;
}

export interface RetainDeps {
  readonly database: DatabaseSync;
  readonly audit: AuditLog;
  readonly signingKey: KeyObject;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Number of the last record that was sent on to where records are also kept; absent where there is no such place. */
  readonly sentUpTo?: () => number;
  /** Told how many records are old enough and stay because they were not sent on yet. */
  readonly onUnsent?: (records: number) => void;
  /** True once nobody waits for the end any more: then it stops between two steps. */
  readonly isOver?: () => boolean;
  /** A copy outside of the database, as of checkpoints. */
  readonly onRetention?: (signed: SignedRetention) => void;
}

/** Records looked at, and records deleted, in one step. */
const lookedAt = 20_000;
const deletedAtOnce = 1_000;

/** How many records went. */
export async function retain(deps: RetainDeps, rule: RetentionRule): Promise<number> {
  const before = startOfDay(deps.now(), rule.keepDays);
  const isOver = deps.isOver ?? (() => false);
  const upTo = await lastBefore(deps.database, before, isOver);
  if (isOver()) return 0;
  if (upTo !== undefined) {
    const sent = Math.min(upTo, deps.sentUpTo?.() ?? upTo);
    if (sent < upTo) deps.onUnsent?.(upTo - sent);
    if (sent > statedUpTo(deps.database)) state(deps, rule, { upTo: sent, before });
  }
  return removeStated(deps.database, isOver);
}

/** Midnight, in the server's time zone, of the oldest day that is kept. */
function startOfDay(nowMs: number, keepDays: number): string {
  const now = new Date(nowMs);
  return new Date(now.getFullYear(), now.getMonth(), now.getDate() - keepDays).toISOString();
}

/** The last record before which there is nothing but older ones; never the newest, which the chain goes on from. */
async function lastBefore(
  database: DatabaseSync,
  before: string,
  isOver: () => boolean,
): Promise<number | undefined> {
  const ends = database.prepare("SELECT min(seq) AS oldest, max(seq) AS newest FROM audit_records");
  const young = database.prepare(
    "SELECT min(seq) AS seq FROM audit_records WHERE seq > ? AND seq <= ? AND at >= ?",
  );
  const { oldest, newest } = endsRow.parse(ends.get());
  if (oldest === null || newest === null) return undefined;
  const done = Math.max(oldest - 1, statedUpTo(database));
  for (let after = done; after < newest - 1; after += lookedAt) {
    const last = Math.min(after + lookedAt, newest - 1);
    const { seq } = seqRow.parse(young.get(after, last, before));
    if (seq !== null) return seq - 1 > done ? seq - 1 : undefined;
    await nextTurn();
    if (isOver()) return undefined;
  }
  return newest - 1 > done ? newest - 1 : undefined;
}

function state(
  { database, audit, signingKey, now, onRetention }: RetainDeps,
  { rule, keepDays }: RetentionRule,
  { upTo, before }: { readonly upTo: number; readonly before: string },
): void {
  const signed = inTransaction(database, () => {
    const found = database.prepare("SELECT hash FROM audit_records WHERE seq = ?").get(upTo);
    const head = hashRow.parse(found).hash;
    const from = statedUpTo(database) + 1;
    const at = new Date(now()).toISOString();
    const made = signRetention({ at, seq: upTo, head, before, rule, keepDays }, signingKey);
    database
      .prepare("INSERT INTO audit_retentions (seq, statement, signature) VALUES (?, ?, ?)")
      .run(made.seq, made.statement, made.signature);
    const details = { from, upTo, before, keepDays };
    audit.write({ action: "audit-retention", outcome: "success", reason: rule, details });
    return made;
  });
  onRetention?.(signed);
}

async function removeStated(database: DatabaseSync, isOver: () => boolean): Promise<number> {
  const upTo = statedUpTo(database);
  const oldest = database.prepare("SELECT min(seq) AS seq FROM audit_records");
  const remove = database.prepare("DELETE FROM audit_records WHERE seq < ? AND seq <= ?");
  for (let removed = 0; ; ) {
    if (isOver()) return removed;
    const { seq } = seqRow.parse(oldest.get());
    if (seq === null || seq > upTo) return removed;
    removed += Number(remove.run(seq + deletedAtOnce, upTo).changes);
    await nextTurn();
  }
}

const endsRow = z.object({ oldest: z.number().nullable(), newest: z.number().nullable() });
const seqRow = z.object({ seq: z.number().nullable() });
const hashRow = z.object({ hash: z.string() });

function statedUpTo(database: DatabaseSync): number {
  const found = database.prepare("SELECT max(seq) AS seq FROM audit_retentions").get();
  return seqRow.parse(found).seq ?? 0;
}
