/**
 * Reads the audit log for people: one record after the other, newest first, paged by sequence number. For
 * commands and small logs; the server asks the reader (search/), which knows where to look. Never writes.
 */
import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import type { AuditPage, AuditQuery, AuditRecord } from "../http/contract.ts";
import { chainedRecord, type ChainedRecord } from "./chain.ts";
import { factsOf } from "./search/facts.ts";
import { type Filter, matches, readFilter } from "./search/filter.ts";
import type { FoundRecord } from "./search/search.ts";

export const defaultPageSize = 100;

/** One page; `nextBefore` is the `before` of the next one, null on the last. */
export function queryAudit(database: DatabaseSync, query: AuditQuery): AuditPage {
  const limit = query.limit ?? defaultPageSize;
  const found = selectRecords(database, query, limit + 1);
  const records = found.slice(0, limit).map(toAuditRecord);
  const last = records.at(-1);
  const nextBefore = found.length > limit && last ? last.seq : null;
  return { records, nextBefore, lookedBackTo: null, pending: 0 };
}

/** Throws BAD_REQUEST for times that cannot be read. */
export function selectRecords(
  database: DatabaseSync,
  query: AuditQuery,
  limit: number,
): readonly FoundRecord[] {
  const filter = readFilter(query);
  const found: FoundRecord[] = [];
  for (const { record: text, hash } of rowsOf(database, filter)) {
    const record = JSON.parse(text) as ChainedRecord;
    if (!matches(filter, factsOf(record), record.event)) continue;
    found.push({ record: chainedRecord.parse(record), hash });
    if (found.length === limit) break;
  }
  return found;
}

const recordRow = z.object({ seq: z.number(), record: z.string(), hash: z.string() });
const batchSize = 500;

function* rowsOf(database: DatabaseSync, { after, before }: Filter) {
  const statement = database.prepare(
    "SELECT seq, record, hash FROM audit_records WHERE seq > ? AND seq < ? ORDER BY seq DESC LIMIT ?",
  );
  for (let upTo = Math.min(before, Number.MAX_SAFE_INTEGER); ; ) {
    const rows = statement.all(after, upTo, batchSize).map((each) => recordRow.parse(each));
    yield* rows;
    const last = rows.at(-1);
    if (!last || rows.length < batchSize) return;
    upTo = last.seq;
  }
}

export function toAuditRecord({ record, hash }: FoundRecord): AuditRecord {
  const { event } = record;
  return {
    seq: record.seq,
    at: record.at,
    action: event.action,
    outcome: event.outcome,
    userName: event.userName ?? null,
    section: event.section ?? null,
    terminal: event.terminal ?? null,
    sessionId: event.sessionId ?? null,
    target: event.target ?? null,
    reason: event.reason ?? null,
    details: event.details ?? {},
    hash,
  };
}
