/** A small list file, whole: its entries with their lines, for explanations. Pure. */
import type { LineFormat } from "./compiled.ts";
import { readForeignLine } from "./exchange/line-formats.ts";
import type { ListLine } from "./list-line.ts";
import type { Problem } from "./problem.ts";
import { endOfDay } from "./time-window.ts";

export interface ListContent {
  readonly entries: readonly string[];
  readonly lines: readonly number[];
  /** Entries that end: index into `entries`, and milliseconds since the epoch. */
  readonly expiries: readonly (readonly [index: number, at: number])[];
  readonly problems: readonly Problem[];
}

/** After this many a file is plainly not a list; more messages would help nobody. */
export const maxProblems = 50;

/** @param tz the zone in which days end */
export function readList(
  text: string,
  file: string,
  tz: string,
  formats: readonly LineFormat[] = ["domains"],
): ListContent {
  const found = new Map<string, { line: number; expiresAt: number }>();
  const problems: Problem[] = [];
  for (const [index, raw] of text
    .replace(/^\ufeff/, "")
    .split(/\r?\n/)
    .entries()) {
    const parsed = readForeignLine(raw, formats);
    const line = index + 1;
    if (parsed.kind === "problem") {
      problems.push({ file, line, column: parsed.at + 1, ja: parsed.ja, en: parsed.en });
      if (problems.length >= maxProblems) break;
    } else if (parsed.kind === "entries") {
      for (const each of parsed.lines) keep(found, each, line, tz);
    }
  }
  const all = [...found];
  return {
    entries: all.map(([entry]) => entry),
    lines: all.map(([, { line }]) => line),
    expiries: all.flatMap(([, { expiresAt }], index) =>
      expiresAt === Infinity ? [] : [[index, expiresAt] as const],
    ),
    problems,
  };
}

/** Of two equal entries the one that lasts longer counts, and the first of those: explanations point to it. */
function keep(
  found: Map<string, { line: number; expiresAt: number }>,
  { entry, expires }: ListLine,
  line: number,
  tz: string,
): void {
  const expiresAt = expires === undefined ? Infinity : endOfDay(expires, tz);
  const before = found.get(entry);
  if (!before || before.expiresAt < expiresAt) found.set(entry, { line, expiresAt });
}
