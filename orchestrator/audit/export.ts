/**
 * The audit log as CSV, streamed: never more than one page of records in memory, and other work gets its
 * turn between pages. Newest first, as on the screen. `limit` and `before` belong to the screen's paging
 * and are ignored: an export holds everything the filter finds.
 */
import type { DatabaseSync } from "node:sqlite";
import { Readable } from "node:stream";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { AuditQuery } from "../http/contract.ts";
import { canonicalJson } from "./chain.ts";
import { byteOrderMark, csvRow } from "./csv.ts";
import { type FoundRecord, selectRecords } from "./query.ts";

const pageSize = 500;

export type ExportLanguage = "ja" | "en";

const headings: Readonly<Record<ExportLanguage, readonly string[]>> = {
  ja: [
    "番号",
    "日時(UTC)",
    "操作",
    "結果",
    "利用者ID",
    "利用者名",
    "端末",
    "セッション",
    "対象",
    "理由",
    "詳細",
    "直前のハッシュ",
    "ハッシュ",
  ],
  en: [
    "Number",
    "Time (UTC)",
    "Action",
    "Outcome",
    "User id",
    "User name",
    "Terminal",
    "Session",
    "Target",
    "Reason",
    "Details",
    "Previous hash",
    "Hash",
  ],
};

/** Throws BAD_REQUEST at once for a query that cannot be read; the stream itself then only reads. */
export function exportAudit(
  database: DatabaseSync,
  query: AuditQuery,
  language: ExportLanguage,
): Readable {
  const filter = { ...query };
  delete filter.limit;
  delete filter.before;
  const first = selectRecords(database, filter, pageSize);
  return Readable.from(rows(database, filter, first, headings[language]), { objectMode: false });
}

async function* rows(
  database: DatabaseSync,
  filter: AuditQuery,
  first: readonly FoundRecord[],
  heading: readonly string[],
): AsyncGenerator<string> {
  yield byteOrderMark + csvRow(heading);
  let page = first;
  for (;;) {
    const last = page.at(-1);
    if (!last) return;
    yield page.map(toRow).join("");
    if (page.length < pageSize) return;
    await nextTurn();
    page = selectRecords(database, { ...filter, before: last.record.seq }, pageSize);
  }
}

function toRow({ record, hash }: FoundRecord): string {
  const { event } = record;
  return csvRow([
    record.seq,
    record.at,
    event.action,
    event.outcome,
    event.userId ?? null,
    event.userName ?? null,
    event.terminal ?? null,
    event.sessionId ?? null,
    event.target ?? null,
    event.reason ?? null,
    event.details ? canonicalJson(event.details) : null,
    record.prev,
    hash,
  ]);
}
