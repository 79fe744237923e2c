/**
 * What the person at the console sees while steps run: on a terminal one live line per step, elsewhere
 * a plain line when a step begins to do something and one when it ends. Owns no decisions.
 */
import type { Bilingual } from "../orchestrator/base/bilingual.ts";
import { lineFor, linesFor, type Language } from "./language.ts";
import { describeProblem, mendLines, type SetupError } from "./problems.ts";

interface Output {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number;
}

export interface StepReport {
  /** What is being done right now, with the share done when known (0..1). */
  readonly progress: (text: string, share?: number) => void;
  done(note?: Bilingual): void;
  failed(): void;
}

export interface Report {
  readonly language: Language;
  step(name: Bilingual): StepReport;
  say(text: Bilingual): void;
  /** Framed and bright: what must not be overlooked. */
  highlight(lines: readonly string[]): void;
  problem(error: SetupError): void;
}

const clearLine = "\r\x1b[2K";

/** Columns a text takes: CJK characters are two wide. */
function width(text: string): number {
  let columns = 0;
  for (const character of text)
    columns +=
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/.test(
        character,
      )
        ? 2
        : 1;
  return columns;
}

/** Cuts so that the line never wraps: a wrapped line cannot be rewritten in place. */
export function cut(text: string, columns: number): string {
  let taken = "";
  let used = 0;
  for (const character of text) {
    used += width(character);
    if (used >= columns) return `${taken}…`;
    taken += character;
  }
  return taken;
}

const bar = (share: number): string => {
  const full = Math.round(Math.min(1, Math.max(0, share)) * 16);
  return `${"█".repeat(full)}${"░".repeat(16 - full)} ${Math.round(share * 100)}%`;
};

const seconds = (ms: number): string =>
  ms < 60_000
    ? `${(ms / 1000).toFixed(1)} s`
    : `${Math.floor(ms / 60_000)} m ${Math.round((ms % 60_000) / 1000)} s`;

export function createReport(out: Output, language: Language): Report {
  const live = out.isTTY === true;
  return {
    language,

    step(name) {
      const started = performance.now();
      const label = lineFor(language, name);
      let text = "";
      let share: number | undefined;
      let announced = false;
      const draw = (): void => {
        const detail = [share === undefined ? "" : bar(share), text]
          .filter((part) => part !== "")
          .join("  ");
        out.write(
          clearLine +
            cut(
              `  … ${label}  ${seconds(performance.now() - started)}  ${detail}`,
              out.columns ?? 80,
            ),
        );
      };
      const timer = live ? setInterval(draw, 200) : undefined;
      timer?.unref();
      if (live) draw();
      const end = (mark: string, note: string): void => {
        clearInterval(timer);
        out.write(
          `${live ? clearLine : ""}  ${mark} ${label}  ${seconds(performance.now() - started)}${note === "" ? "" : `  ${note}`}\n`,
        );
      };
      return {
        progress(next, nextShare) {
          text = next;
          share = nextShare;
          if (live || announced) return;
          announced = true;
          out.write(`  … ${label}  ${next}\n`);
        },
        done: (note) => end("✓", note === undefined ? "" : lineFor(language, note)),
        failed: () => end("✗", ""),
      };
    },

    say(text) {
      for (const line of linesFor(language, text)) out.write(`  ${line}\n`);
    },

    highlight(lines) {
      const inner = Math.max(...lines.map(width)) + 4;
      const rule = "─".repeat(inner);
      out.write(`\n  ┌${rule}┐\n`);
      for (const line of lines) out.write(`  │  ${line}${" ".repeat(inner - 2 - width(line))}│\n`);
      out.write(`  └${rule}┘\n\n`);
    },

    problem(error) {
      const text = describeProblem(error.code, error.facts);
      out.write("\n");
      for (const line of linesFor(language, text)) out.write(`  ✗ ${line}\n`);
      for (const line of mendLines(language, text)) out.write(`    ${line}\n`);
      out.write("\n");
    },
  };
}
