/**
 * How many unused containers to keep ready: as many as configured at least, more while people open often,
 * never more than configured at most. Pure but for the clock it is given.
 */
import type { Runtime } from "./types.ts";

/** After this time an open counts half. */
const halfLifeMs = 3 * 60_000;
/**
 * One container per so many recent opens. A container takes a second or two to make, so that a steady stream
 * needs few; what the pool is for are bursts, and those come where there was one before.
 */
const opensPerContainer = 3;
/** Less than this is no demand any more. */
const faintest = 0.5;

/** Recent opens of one runtime, fading. */
export class Demand {
  readonly #now: () => number;
  #value = 0;
  #at = 0;

  constructor(now: () => number) {
    this.#now = now;
  }

  opened(): void {
    this.#value = this.value + 1;
    this.#at = this.#now();
  }

  get value(): number {
    return this.#value * 0.5 ** ((this.#now() - this.#at) / halfLifeMs);
  }
}

export interface PoolLimits {
  readonly min: number;
  readonly max: number;
}

/**
 * Wanted containers of each runtime. The minimum is kept of the configured runtime; any other is kept only
 * while somebody opened it lately. The sum never exceeds the maximum.
 */
export function wantedContainers(
  demand: Readonly<Record<Runtime, number>>,
  usual: Runtime,
  { min, max }: PoolLimits,
): Readonly<Record<Runtime, number>> {
  const by = (runtime: Runtime): number =>
    demand[runtime] < faintest ? 0 : Math.ceil(demand[runtime] / opensPerContainer);
  const other: Runtime = usual === "runc" ? "runsc" : "runc";
  const ofUsual = Math.min(max, Math.max(min, by(usual)));
  // The other runtime has its share also when the usual one could fill the pool alone.
  const ofOther = Math.min(by(other), Math.floor(max / 2));
  const both = { [usual]: Math.min(ofUsual, max - ofOther), [other]: ofOther };
  return { runc: both["runc"] ?? 0, runsc: both["runsc"] ?? 0 };
}
