/**
 * Plain text and tables: looked at as a whole, changed in nothing. Text passes when it is valid UTF-8 or
 * CP932 without control or direction characters; a table with a cell that a spreadsheet would calculate
 * is held, because it is a program in its reader's eyes.
 */
import { Refusal, type JobContext } from "../context.ts";
import { decodeText } from "../identify/text.ts";
import type { EngineOutcome } from "./outcome.ts";

/** At the start of a cell; a sign before digits is a number, not a formula. */
const formulaCell = /(^|[,;\t\r\n])\s*"?\s*([=@\uff1d\uff20]|[+-](?![\d.,\s]*([",;\t\r\n]|$)))/;

export function passText(type: "csv" | "text", context: JobContext): EngineOutcome {
  const decoded = decodeText(context.bytes);
  if (decoded === undefined) throw new Refusal("needs_approval", "text-encoding");
  if (type === "csv" && formulaCell.test(decoded.text))
    throw new Refusal("needs_approval", "csv-formula");
  context.progress("verify", 0.9);
  return { kind: "as-is", type };
}
