/**
 * The audit log as CSV or as lines of JSON, streamed: never more than one page of records in memory, and other work gets its
 * turn between pages. Newest first, as on the screen. `limit` and `before` belong to the screen's paging
 * and are ignored: an export holds everything the filter finds.
 */
import type { DatabaseSync } from "node:sqlite";
import { Readable } from "node:stream";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { AuditQuery } from "../http/contract.ts";
import { canonicalJson } from "./chain.ts";
import { byteOrderMark, csvRow } from "./csv.ts";
import { selectRecords } from "./query.ts";
import { readFilter } from "./search/filter.ts";
import type { Found, FoundRecord } from "./search/search.ts";

const pageSize = 500;

/** Gives up to so many records, newest first, and where to go on. */
export type FindRecords = (
  query: AuditQuery,
  limit: number,
) => Promise<Pick<Found, "records" | "nextBefore">>;

/** Reads the log itself, record by record. */
export function findIn(database: DatabaseSync): FindRecords {
  return async (query, limit) => {
    await nextTurn();
    const records = selectRecords(database, query, limit);
    const last = records.at(-1);
    return { records, nextBefore: records.length === limit && last ? last.record.seq : null };
  };
}

export type ExportLanguage = "ja" | "en";

const headings: Readonly<Record<ExportLanguage, readonly string[]>> = {
  ja: [
    "番号",
    "日時(UTC)",
    "操作",
    "結果",
    "利用者ID",
    "利用者名",
    "所属",
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
    "Section",
    "Terminal",
    "Session",
    "Target",
    "Reason",
    "Details",
    "Previous hash",
    "Hash",
  ],
};

/** What of a query an export obeys; throws BAD_REQUEST when it cannot be read. */
function exportFilter(query: AuditQuery, upTo: number | undefined): AuditQuery {
  const filter = { ...query };
  delete filter.limit;
  delete filter.before;
  if (upTo !== undefined) filter.before = upTo + 1;
  readFilter(filter);
  return filter;
}

/** As `exportAudit`, one JSON object per line, in the shape that `shape` gives. */
export function exportLines(
  find: FindRecords,
  query: AuditQuery,
  shape: (found: FoundRecord) => unknown,
  upTo?: number,
): Readable {
  const filter = exportFilter(query, upTo);
  async function* lines(): AsyncGenerator<string> {
    for await (const page of pages(find, filter))
      yield page.map((record) => `${JSON.stringify(shape(record))}\n`).join("");
  }
  return Readable.from(lines(), { objectMode: false });
}

/**
 * Throws BAD_REQUEST at once for a query that cannot be read; the stream itself then only reads.
 * @param upTo number of the last record that may be in it; left out: whatever is there when it is read
 */
export function exportAudit(
  find: FindRecords,
  query: AuditQuery,
  language: ExportLanguage,
  upTo?: number,
): Readable {
  const filter = exportFilter(query, upTo);
  return Readable.from(rows(find, filter, headings[language]), { objectMode: false });
}

async function* rows(
  find: FindRecords,
  filter: AuditQuery,
  heading: readonly string[],
): AsyncGenerator<string> {
  yield byteOrderMark + csvRow(heading);
  for await (const page of pages(find, filter)) yield page.map(toRow).join("");
}

async function* pages(
  find: FindRecords,
  filter: AuditQuery,
): AsyncGenerator<readonly FoundRecord[]> {
  for (let before: number | null | undefined = filter.before; before !== null; ) {
    const page = await find(before === undefined ? filter : { ...filter, before }, pageSize);
    if (page.records.length > 0) yield page.records;
    before = page.nextBefore;
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
    event.section ?? null,
    event.terminal ?? null,
    event.sessionId ?? null,
    event.target ?? null,
    event.reason ?? null,
    event.details ? canonicalJson(event.details) : null,
    record.prev,
    hash,
  ]);
}
