/** How long opening took lately, by the way it went; the last few hundred, in memory only. */
export type How = "pooled" | "cold";

const kept = 256;

export interface OpenFigures {
  readonly count: number;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
}

export class Figures {
  readonly #lists: Record<How, number[]> = { pooled: [], cold: [] };
  readonly #counts: Record<How, number> = { pooled: 0, cold: 0 };

  opened(how: How, ms: number): void {
    this.#counts[how] += 1;
    const list = this.#lists[how];
    list.push(ms);
    if (list.length > kept) list.shift();
  }

  of(how: How): OpenFigures {
    const sorted = this.#lists[how].toSorted((a, b) => a - b);
    return {
      count: this.#counts[how],
      p50Ms: quantile(sorted, 0.5),
      p95Ms: quantile(sorted, 0.95),
    };
  }
}

/** Nearest rank; null of nothing. */
function quantile(sorted: readonly number[], q: number): number | null {
  const found = sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)];
  return found === undefined ? null : Math.round(found);
}
