/** Reads the audit log for people: filters, newest first, paged by sequence number. Never writes. */
import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import { z } from "zod";
import { AppError } from "../base/errors.ts";
import type { AuditPage, AuditQuery, AuditRecord } from "../http/contract.ts";
import { chainedRecord, type ChainedRecord } from "./chain.ts";

export const defaultPageSize = 100;

/** One page; `nextBefore` is the `before` of the next one, null on the last. */
export function queryAudit(database: DatabaseSync, query: AuditQuery): AuditPage {
  const limit = query.limit ?? defaultPageSize;
  const found = selectRecords(database, query, limit + 1);
  const records = found.slice(0, limit).map(toAuditRecord);
  const last = records.at(-1);
  return { records, nextBefore: found.length > limit && last ? last.seq : null };
}

export interface FoundRecord {
  readonly record: ChainedRecord;
  readonly hash: string;
}

export function selectRecords(
  database: DatabaseSync,
  query: AuditQuery,
  limit: number,
): readonly FoundRecord[] {
  const { where, values } = conditions(query);
  const rows = database
    .prepare(`SELECT record, hash FROM audit_records ${where} ORDER BY seq DESC LIMIT ?`)
    .all(...values, limit);
  return rows.map((each) => {
    const { record, hash } = recordRow.parse(each);
    return { record: chainedRecord.parse(JSON.parse(record)), hash };
  });
}

const recordRow = z.object({ record: z.string(), hash: z.string() });

function conditions(query: AuditQuery): {
  readonly where: string;
  readonly values: SQLInputValue[];
} {
  const parts: string[] = [];
  const values: SQLInputValue[] = [];
  const add = (sql: string, ...given: SQLInputValue[]) => {
    parts.push(sql);
    values.push(...given);
  };
  if (query.from !== undefined) add("at >= ?", instant(query.from, "from"));
  if (query.to !== undefined) add("at < ?", instant(query.to, "to"));
  if (query.user !== undefined)
    add("user_name = ?", query.user.normalize("NFKC").trim().toLowerCase());
  if (query.action !== undefined) add("action = ?", query.action);
  if (query.outcome !== undefined) add("outcome = ?", query.outcome);
  if (query.session !== undefined) add("session_id = ?", query.session);
  if (query.before !== undefined) add("seq < ?", query.before);
  if (query.q !== undefined && query.q !== "") {
    const pattern = `%${query.q.replace(/[\\%_]/g, "\\$&")}%`;
    add(
      "(target LIKE ? ESCAPE '\\' OR reason LIKE ? ESCAPE '\\' OR details LIKE ? ESCAPE '\\')",
      pattern,
      pattern,
      pattern,
    );
  }
  return { where: parts.length === 0 ? "" : `WHERE ${parts.join(" AND ")}`, values };
}

const dateOnly = /^(\d{4})-(\d{2})-(\d{2})$/;
const isoInstant = z.iso.datetime({ offset: true });

/**
 * `from` is inclusive, `to` exclusive. A bare date is a calendar day of the server's own time zone; as
 * `to` it includes that whole day. Throws BAD_REQUEST for anything that is neither date nor instant.
 */
export function instant(untrustedText: string, edge: "from" | "to"): string {
  const day = dateOnly.exec(untrustedText);
  if (day) {
    const [year, month, date] = [Number(day[1]), Number(day[2]) - 1, Number(day[3])];
    const start = new Date(year, month, date);
    const exists = start.getMonth() === month && start.getDate() === date;
    if (exists) return (edge === "from" ? start : new Date(year, month, date + 1)).toISOString();
  }
  const read = isoInstant.safeParse(untrustedText);
  if (!read.success) throw new AppError("BAD_REQUEST", { where: "query", field: edge });
  return new Date(read.data).toISOString();
}

export function toAuditRecord({ record, hash }: FoundRecord): AuditRecord {
  const { event } = record;
  return {
    seq: record.seq,
    at: record.at,
    action: event.action,
    outcome: event.outcome,
    userName: event.userName ?? null,
    terminal: event.terminal ?? null,
    sessionId: event.sessionId ?? null,
    target: event.target ?? null,
    reason: event.reason ?? null,
    details: event.details ?? {},
    hash,
  };
}
