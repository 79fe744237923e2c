/**
 * Looks twice a minute at numbers that others keep anyway, and holds a day of them in memory: pages that show them
 * cost no further look. A restart begins anew; the audit log is what lasts.
 */
import { describeError } from "../base/errors.ts";
import type { Log } from "../base/log.ts";
import { condense, type Sample } from "./condense.ts";
import type { HostState, TrendService, TrendValues } from "./types.ts";

const everyMs = 30_000;
const keptMs = 24 * 3_600_000;
const windows = {
  1: { stepMs: 60_000, count: 60 },
  24: { stepMs: 15 * 60_000, count: 96 },
} as const;

type Counted = "warm" | "cold" | "requests" | "refused";

/** What stands now; `counts` grow from the start of whoever counts. */
export interface Reading extends Omit<TrendValues, Counted | "released" | "held" | "infected"> {
  readonly counts: Readonly<Record<Counted, number>>;
  readonly host: HostState;
}

export interface TrendParts {
  readonly look: () => Promise<Reading>;
  /** Files whose verdict fell in this time. */
  readonly judged: (
    fromMs: number,
    toMs: number,
  ) => Pick<TrendValues, "released" | "held" | "infected">;
  readonly now: () => number;
  readonly log: Log;
}

export interface RunningTrend extends TrendService, AsyncDisposable {
  /** One look; the timer does the same. */
  sample(): Promise<void>;
}

export function createTrend({ look, judged, now, log }: TrendParts): RunningTrend {
  const samples: Sample[] = [];
  let counts: Reading["counts"] | undefined;
  let host: HostState | null = null;
  let lookedMs = now();
  let running: Promise<void> | undefined;

  const sampleOnce = async (): Promise<void> => {
    try {
      const { counts: grown, host: seen, ...standing } = await look();
      const atMs = now();
      const values = { ...standing, ...grownSince(counts, grown), ...judged(lookedMs, atMs) };
      samples.push({ atMs, values });
      while (samples[0] !== undefined && samples[0].atMs < atMs - keptMs) samples.shift();
      [counts, host, lookedMs] = [grown, seen, atMs];
    } catch (error) {
      log.warn({ event: "trend", outcome: "failure", reason: describeError(error) });
    }
  };
  const sample = (): Promise<void> =>
    (running ??= sampleOnce().finally(() => (running = undefined)));
  const timer = setInterval(() => void sample(), everyMs);

  return {
    sample,
    read: (hours) => ({
      stepSeconds: windows[hours].stepMs / 1000,
      points: condense(samples, { nowMs: now(), ...windows[hours] }),
    }),
    host: () => host,
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      await running;
    },
  };
}

/** Whoever counts may have been started again meanwhile, from 0. Before the first look nothing has grown. */
function grownSince(before: Reading["counts"] | undefined, after: Reading["counts"]) {
  const grown = (name: Counted): number => {
    if (before === undefined) return 0;
    return after[name] < before[name] ? after[name] : after[name] - before[name];
  };
  return {
    warm: grown("warm"),
    cold: grown("cold"),
    requests: grown("requests"),
    refused: grown("refused"),
  };
}
