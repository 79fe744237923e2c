/**
 * What this process counts about itself, for monitoring: never a host, a person or an address. Sent whole
 * every few seconds; begins at zero with the process, as counters of Prometheus may.
 */
import type { DecisionRecord, MetricsMessage } from "./ipc.ts";
import type { ProxyTotals } from "./limits.ts";
import { dnsBuckets, requestBuckets } from "./metric-buckets.ts";
import type { Refusal } from "./refusal.ts";

/** Reasons are words of ours; should they ever not be, they still stay this few. */
const maxKinds = 200;

export class Histogram {
  readonly #bounds: readonly number[];
  readonly #counts: number[];
  #sum = 0;

  constructor(bounds: readonly number[]) {
    this.#bounds = bounds;
    this.#counts = new Array<number>(bounds.length + 1).fill(0);
  }

  observe(seconds: number): void {
    let index = 0;
    while (index < this.#bounds.length && seconds > (this.#bounds[index] ?? 0)) index += 1;
    this.#counts[index] = (this.#counts[index] ?? 0) + 1;
    this.#sum += seconds;
  }

  /** Counts are per bucket, not added up; the last is above all bounds. */
  read(): { counts: number[]; sum: number } {
    return { counts: [...this.#counts], sum: this.#sum };
  }
}

export class ResolverMetrics {
  readonly seconds = new Histogram(dnsBuckets);
  cached = 0;
  failed = 0;
}

export class ProxyMetrics {
  readonly dns = new ResolverMetrics();
  readonly #totals: ProxyTotals;
  readonly #outcomes = new Map<
    string,
    { verdict: string; rule: string; reason: string; count: number }
  >();
  readonly #requests = new Histogram(requestBuckets);
  #bytesUp = 0;
  #bytesDown = 0;

  constructor(totals: ProxyTotals) {
    this.#totals = totals;
  }

  record({ verdict, rule, reason, bytesUp, bytesDown, scheme, durationMs }: DecisionRecord): void {
    this.#count(verdict, rule, reason);
    this.#bytesUp += bytesUp;
    this.#bytesDown += bytesDown;
    if (scheme === "http") this.#requests.observe(durationMs / 1000);
  }

  /** One of a flood of refusals, of which only some leave a record. */
  unrecorded({ rule, reason }: Refusal): void {
    this.#count("block", rule, reason);
  }

  read(clients: number): MetricsMessage["metrics"] {
    return {
      clients,
      connections: this.#totals.connections,
      tunnels: this.#totals.tunnels,
      outcomes: [...this.#outcomes.values()].map((each) => ({ ...each })),
      bytesUp: this.#bytesUp,
      bytesDown: this.#bytesDown,
      requestSeconds: this.#requests.read(),
      dnsSeconds: this.dns.seconds.read(),
      dnsCached: this.dns.cached,
      dnsFailed: this.dns.failed,
      residentBytes: process.memoryUsage.rss(),
    };
  }

  /** Rules of the policy are one kind: their ids are many, and in the records. */
  #count(verdict: string, ruleId: string, reason: string): void {
    const rule = ruleId.startsWith("guard.") || ruleId === "default" ? ruleId : "rule";
    const key = `${verdict} ${rule} ${reason}`;
    const known = this.#outcomes.get(key);
    if (known) known.count += 1;
    else if (this.#outcomes.size < maxKinds)
      this.#outcomes.set(key, { verdict, rule, reason, count: 1 });
    else this.#countOther(verdict);
  }

  #countOther(verdict: string): void {
    const key = `${verdict} other other`;
    const known = this.#outcomes.get(key);
    if (known) known.count += 1;
    else this.#outcomes.set(key, { verdict, rule: "other", reason: "other", count: 1 });
  }
}
