/**
 * Text and tables, looked at as a whole. Clean UTF-8 and CP932 leave as they came; other encodings become
 * UTF-8 with its mark. A cell that a spreadsheet would calculate gets an apostrophe in front, so that it is
 * read as text; signs before plain numbers stay.
 */
import { type JobContext, Refusal } from "../context.ts";
import { type Charset, decodeText } from "../identify/text.ts";
import type { EngineOutcome } from "./outcome.ts";

/**
 * At the start of a cell. Separators and signs are below 0x40, where no second byte of CP932 or UTF-8 lies, so
 * the search runs over bytes; full-width ＝ and ＠ are spelled out per charset.
 */
const formulaCell: Readonly<Record<"cp932" | "utf-8", RegExp>> = {
  "utf-8":
    /(^(?:\xef\xbb\xbf)?|[,;\t\r\n])(\s*"?\s*)(?=[=@]|\xef\xbc\x9d|\xef\xbc\xa0|[+-](?![\d.,\s]*(?:[",;\t\r\n]|$)))/g,
  cp932: /(^|[,;\t\r\n])(\s*"?\s*)(?=[=@]|\x81\x81|\x81\x97|[+-](?![\d.,\s]*(?:[",;\t\r\n]|$)))/g,
};

function neutralise(bytes: Buffer, charset: "cp932" | "utf-8", context: JobContext): Buffer {
  let count = 0;
  const text = bytes
    .toString("latin1")
    .replace(formulaCell[charset], (_all, before: string, quote: string) => {
      count += 1;
      return `${before}${quote}'`;
    });
  if (count > 0) context.tally.add("formula", count, "replaced");
  return count === 0 ? bytes : Buffer.from(text, "latin1");
}

const keepsItsBytes = (charset: Charset): charset is "cp932" | "utf-8" =>
  charset === "utf-8" || charset === "cp932";

export function sanitizeText(type: "csv" | "text", context: JobContext): EngineOutcome {
  const decoded = decodeText(context.bytes);
  if (decoded === undefined) throw new Refusal("needs_approval", "text-encoding");
  const { charset, text } = decoded;
  const source = keepsItsBytes(charset)
    ? { bytes: context.bytes, charset }
    : { bytes: Buffer.from(`\ufeff${text.replace(/^\ufeff/, "")}`), charset: "utf-8" as const };
  const bytes = type === "csv" ? neutralise(source.bytes, source.charset, context) : source.bytes;
  context.progress("verify", 0.9);
  if (bytes === context.bytes) return { kind: "as-is", type };
  if (source.bytes !== context.bytes)
    return { kind: "converted", type, bytes, reason: "encoding-converted" };
  return { kind: "rebuilt", type, bytes, reason: "formula-neutralised" };
}

/** Drawings in exchange formats are text with a grammar of their own: no line may be anything else. */
export function checkDrawing(type: "dxf" | "sxf", context: JobContext): EngineOutcome {
  const decoded = decodeText(context.bytes);
  if (decoded === undefined) throw new Refusal("needs_approval", "text-encoding");
  const fits = type === "dxf" ? isDxf(decoded.text) : isStep(decoded.text);
  if (!fits) throw new Refusal("needs_approval", "no-engine", "grammar");
  return { kind: "as-is", type };
}

/** Pairs of lines: a group code, then its value; from SECTION to EOF. */
function isDxf(text: string): boolean {
  const lines = text.trimEnd().split(/\r?\n/);
  if (lines.length % 2 !== 0 || lines.at(-1)?.trim() !== "EOF") return false;
  return lines.every((line, index) => index % 2 === 1 || /^\s*-?\d{1,4}\s*$/.test(line));
}

/** ISO 10303-21 between its own first and last words; entities, comments and strings are all it knows. */
function isStep(text: string): boolean {
  const body = text.trim();
  if (!body.startsWith("ISO-10303-21;") || !body.endsWith("END-ISO-10303-21;")) return false;
  return /\bHEADER;/.test(body) && /\bDATA;/.test(body) && /\bENDSEC;/.test(body);
}
