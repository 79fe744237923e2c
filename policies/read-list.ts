/** A plain list file: one host per line, `#` comments; line numbers are kept for explanations. Pure. */
import { parseEntry } from "./list-entry.ts";
import type { Problem } from "./problem.ts";

export interface ListContent {
  readonly entries: readonly string[];
  readonly lines: readonly number[];
  readonly problems: readonly Problem[];
}

/** After this many a file is plainly not a list; more messages would help nobody. */
const maxProblems = 50;

export function readList(text: string, file: string): ListContent {
  const entries: string[] = [];
  const lines: number[] = [];
  const problems: Problem[] = [];
  const seen = new Set<string>();
  for (const [index, raw] of text
    .replace(/^\ufeff/, "")
    .split(/\r?\n/)
    .entries()) {
    const content = raw.replace(/(?:^|[ \t])#.*$/, "").trim();
    if (content === "") continue;
    const line = index + 1;
    const parsed = parseEntry(content);
    if (!parsed.ok) {
      problems.push({ file, line, column: raw.indexOf(content) + 1, ja: parsed.ja, en: parsed.en });
      if (problems.length >= maxProblems) break;
    } else if (!seen.has(parsed.entry)) {
      // The first of two equal lines counts: it is the one that explanations point to.
      seen.add(parsed.entry);
      entries.push(parsed.entry);
      lines.push(line);
    }
  }
  return { entries, lines, problems };
}
