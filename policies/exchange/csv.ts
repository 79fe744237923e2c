/**
 * Lists as spreadsheets: one entry a row, with reason, owner and last day. Reads what people save (either
 * quoting, a head row in Japanese or English or none, dates with slashes); writes RFC 4180. Pure.
 */
import { isDay, type ListLine, parseListLine } from "../list-line.ts";

export interface CsvResult {
  readonly lines: readonly ListLine[];
  /** Rows that say no entry, from 1, with what stands in their first cell. */
  readonly skipped: readonly { readonly row: number; readonly text: string }[];
}

type Column = "entry" | "comment" | "owner" | "expires" | "request";

const heads: Readonly<Record<string, Column>> = {
  entry: "entry",
  host: "entry",
  domain: "entry",
  url: "entry",
  ホスト: "entry",
  ドメイン: "entry",
  サイト: "entry",
  comment: "comment",
  reason: "comment",
  理由: "comment",
  備考: "comment",
  owner: "owner",
  担当: "owner",
  所管: "owner",
  expires: "expires",
  期限: "expires",
  有効期限: "expires",
  request: "request",
  申請番号: "request",
};
const columnsWithoutHead: readonly Column[] = ["entry", "comment", "owner", "expires", "request"];

export function readCsv(text: string): CsvResult {
  const rows = splitRows(text.replace(/^\ufeff/, ""));
  const named = (rows[0] ?? []).map((cell) => heads[cell.trim().toLowerCase()]);
  const hasHead = named.includes("entry");
  const columns = hasHead ? named : columnsWithoutHead;
  const lines: ListLine[] = [];
  const skipped: { row: number; text: string }[] = [];
  for (const [index, row] of rows.entries()) {
    if ((index === 0 && hasHead) || row.every((cell) => cell.trim() === "")) continue;
    const line = lineOf(row, columns);
    if (line) lines.push(line);
    else skipped.push({ row: index + 1, text: row[0] ?? "" });
  }
  return { lines, skipped };
}

function lineOf(
  row: readonly string[],
  columns: readonly (Column | undefined)[],
): ListLine | undefined {
  const cell = (wanted: Column) =>
    (row[columns.indexOf(wanted)] ?? "").trim().replace(/\s+/g, " ").replace(apostrophe, "");
  // Names are the same in any case, paths are not.
  const parsed = parseListLine(cell("entry").replace(/^[^/]+/, (name) => name.toLowerCase()));
  if (parsed.kind !== "entry") return undefined;
  const expires = cell("expires")
    .replaceAll("/", "-")
    .replace(/-(\d)(?=-|$)/g, "-0$1");
  // A date that cannot be read must not become "for ever".
  if (expires !== "" && !isDay(expires)) return undefined;
  const [owner, request] = [cell("owner"), cell("request")].map((text) =>
    text.replaceAll(" ", "_"),
  );
  return {
    entry: parsed.entry,
    // What Hanare reads in comments comes from columns here, never from free text.
    comment: cell("comment").replaceAll("@", "＠"),
    ...(owner !== "" && owner !== undefined && { owner }),
    ...(expires !== "" && { expires }),
    ...(request !== "" && request !== undefined && { request }),
  };
}

const formula = /^[=+\-@\t\r\n＝＋－＠]/u;
/** What csvCell put in front of one. */
const apostrophe = /^'(?=[=+\-@\t\r\n＝＋－＠])/u;

/** RFC 4180, with either line end; a quote that is never closed ends with the text. */
function splitRows(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  const cell = /(?:"((?:[^"]|"")*)(?:"|$)|([^",\r\n]*))[^,\r\n]*(,|\r\n|\n|\r|$)/y;
  while (cell.lastIndex < text.length) {
    const found = cell.exec(text);
    if (!found) break;
    row.push(found[1]?.replaceAll('""', '"') ?? found[2] ?? "");
    if (found[3] === ",") continue;
    rows.push(row);
    row = [];
  }
  if (row.length > 0) rows.push(row);
  return rows;
}

export function writeCsv(lines: readonly ListLine[]): string {
  const rows = lines.map(({ entry, comment, owner = "", expires = "", request = "" }) =>
    [entry, comment, owner, expires, request].map(csvCell).join(","),
  );
  return `\ufeff${["ホスト,理由,担当,期限,申請番号", ...rows].join("\r\n")}\r\n`;
}

/** Spreadsheets run what begins like a formula; the apostrophe makes it text. */
function csvCell(value: string): string {
  const neutral = formula.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(neutral) ? `"${neutral.replaceAll('"', '""')}"` : neutral;
}
