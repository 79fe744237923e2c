/** Bytes of a list in any of the formats, to lines of our own. Pure. */
import type { LineFormat, ListFormat } from "../compiled.ts";
import { formatListLine, type ListLine } from "../list-line.ts";
import { readCsv } from "./csv.ts";
import { decodeText, type Encoding } from "./decode.ts";
import { readForeignLine } from "./line-formats.ts";
import { type M365Category, readM365 } from "./m365.ts";

export type ImportResult =
  | {
      readonly ok: true;
      readonly lines: readonly ListLine[];
      /** What has no meaning here, with its place. */
      readonly skipped: readonly { readonly line: number; readonly text: string }[];
      readonly encoding: Encoding;
    }
  | { readonly ok: false; readonly ja: string; readonly en: string };

export interface ImportOptions {
  /** Tried in this order for each line; csv and m365-json stand alone. */
  readonly formats: readonly ListFormat[];
  readonly categories?: readonly M365Category[];
}

export function importList(bytes: Uint8Array, options: ImportOptions): ImportResult {
  const decoded = decodeText(bytes);
  if (!decoded) {
    return {
      ok: false,
      ja: "文字コードを読み取れません。UTF-8 か Shift_JIS (CP932) で保存してください。",
      en: "The encoding cannot be read; save it as UTF-8 or Shift_JIS (CP932).",
    };
  }
  const { encoding } = decoded;
  const text = decoded.text.replace(/^\ufeff/, "");
  if (options.formats.includes("m365-json")) {
    const found = readM365(text, options.categories ?? ["Optimize", "Allow"]);
    if (!found) return { ok: false, ...notM365 };
    const skipped = found.skipped.map((url) => ({ line: 1, text: url }));
    return { ok: true, lines: found.lines, skipped, encoding };
  }
  if (options.formats.includes("csv")) {
    const { lines, skipped } = readCsv(text);
    return {
      ...{ ok: true, encoding, lines: unique(lines) },
      skipped: skipped.map(({ row, text: cell }) => ({ line: row, text: cell })),
    };
  }
  return { ok: true, encoding, ...readLines(text, options.formats) };
}

const notM365 = {
  ja: "Microsoft 365 エンドポイントの JSON ではありません。endpoints.office.com の応答をそのまま渡してください。",
  en: "This is not the JSON of Microsoft 365 endpoints; pass the answer of endpoints.office.com as it is.",
};

function readLines(text: string, formats: readonly ListFormat[]) {
  const lines: ListLine[] = [];
  const skipped: { line: number; text: string }[] = [];
  const wanted = formats.filter(
    (each): each is LineFormat => each !== "csv" && each !== "m365-json",
  );
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const found = readForeignLine(raw, wanted);
    if (found.kind === "entries") lines.push(...found.lines);
    if (found.kind === "skipped" || found.kind === "problem")
      skipped.push({ line: index + 1, text: raw.trim().slice(0, 200) });
  }
  return { lines: unique(lines), skipped };
}

function unique(lines: readonly ListLine[]): ListLine[] {
  const seen = new Map<string, ListLine>();
  for (const line of lines) if (!seen.has(line.entry)) seen.set(line.entry, line);
  return [...seen.values()];
}

/** A list file of our own; the inverse of importing it as "domains". */
export function writeListFile(lines: readonly ListLine[], head: readonly string[] = []): string {
  return [...head.map((line) => `# ${line}`), ...lines.map(formatListLine), ""].join("\n");
}
