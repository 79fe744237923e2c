/** What every bench prints: a table for people and, with --json, one object on the last line. */
import { cpus, totalmem } from "node:os";

export interface Bar {
  readonly id: string;
  /** Measured in this run; null when it could not be, with the reason in `why`. */
  readonly value: number | null;
  readonly bar: number;
  readonly cmp: "<=" | ">=";
  readonly why?: string;
}

export interface BenchResult {
  readonly bench: string;
  readonly bars: readonly Bar[];
  readonly peer?: { readonly name: string; readonly version: string };
  readonly runs: number;
  /** Further figures, for people and for later comparison. */
  readonly figures: Readonly<Record<string, number>>;
}

export function quantile(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN;
}

const round = (value: number): number => Math.round(value * 100) / 100;
const passes = ({ value, bar, cmp }: Bar): boolean =>
  value !== null && (cmp === "<=" ? value <= bar : value >= bar);

export function printResult(result: BenchResult, json: boolean): void {
  for (const [name, value] of Object.entries(result.figures))
    process.stdout.write(`${name.padEnd(32)} ${round(value)}\n`);
  for (const bar of result.bars) {
    const value = bar.value === null ? `– (${bar.why ?? ""})` : String(round(bar.value));
    process.stdout.write(
      `${bar.id.padEnd(32)} ${value}  ${bar.cmp} ${bar.bar}  ${passes(bar) ? "pass" : "FAIL"}\n`,
    );
  }
  if (!json) return;
  const bars = result.bars.map((bar) => ({
    ...bar,
    value: bar.value === null ? null : round(bar.value),
    pass: passes(bar),
  }));
  const machine = {
    cores: cpus().length,
    model: cpus()[0]?.model ?? "",
    memoryGb: Math.round(totalmem() / 1024 ** 3),
    node: process.version,
  };
  process.stdout.write(`${JSON.stringify({ ...result, bars, machine })}\n`);
}
