/** One thing wrong with a policy: where it stands, what is wrong and what to write, in both languages. */
export interface Problem {
  /** As a person knows it: the main file as given, a list file as written in the policy. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
  readonly ja: string;
  readonly en: string;
}

/** `file:line:column: 日本語 / English`, the form compilers use and editors follow. */
export function formatProblem(problem: Problem): string {
  return `${problem.file}:${problem.line}:${problem.column}: ${problem.ja} / ${problem.en}`;
}

/** What stands in the file goes into messages only shortened and without control characters. */
export function quote(untrusted: string): string {
  const plain = untrusted.replace(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, "\ufffd");
  return plain.length > 80 ? `${plain.slice(0, 80)}…` : plain;
}

/** The known word closest to what was written, when it is close enough to be a slip. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(word.length / 3)) + 1;
  for (const candidate of known) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

/** Of a file whose bytes are no UTF-8. */
export const notUtf8 = [
  "UTF-8 ではない文字があります (Shift_JIS で保存していませんか)。UTF-8 で保存し直してください。",
  "This is not UTF-8 (perhaps Shift_JIS); save the file again as UTF-8.",
] as const;
