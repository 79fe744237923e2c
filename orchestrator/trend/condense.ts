/** Samples of a window as points at equal distances. Pure. */
import type { TrendPoint, TrendValues } from "./types.ts";

export interface Sample {
  readonly atMs: number;
  readonly values: TrendValues;
}

/** The points up to the one that `nowMs` lies in; each begins at a whole multiple of `stepMs`. */
export function condense(
  samples: readonly Sample[],
  { nowMs, stepMs, count }: { nowMs: number; stepMs: number; count: number },
): TrendPoint[] {
  const stepOf = (ms: number) => Math.floor(ms / stepMs);
  const byStep = Map.groupBy(samples, ({ atMs }) => stepOf(atMs));
  const first = stepOf(nowMs) - count + 1;
  return Array.from({ length: count }, (_, index) => {
    const found = byStep.get(first + index);
    return {
      at: new Date((first + index) * stepMs).toISOString(),
      values: found === undefined ? null : found.map(({ values }) => values).reduce(join),
    };
  });
}

function join(one: TrendValues, later: TrendValues): TrendValues {
  return {
    active: Math.max(one.active, later.active),
    waiting: Math.max(one.waiting, later.waiting),
    warm: one.warm + later.warm,
    cold: one.cold + later.cold,
    p50Ms: later.p50Ms ?? one.p50Ms,
    p95Ms: later.p95Ms ?? one.p95Ms,
    requests: one.requests + later.requests,
    refused: one.refused + later.refused,
    released: one.released + later.released,
    held: one.held + later.held,
    infected: one.infected + later.infected,
    memoryFreeBytes: Math.min(one.memoryFreeBytes, later.memoryFreeBytes),
    diskFreeBytes: Math.min(one.diskFreeBytes, later.diskFreeBytes),
  };
}
