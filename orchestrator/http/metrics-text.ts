/**
 * The overview as Prometheus reads it. No label holds a person, a terminal or an address. Pure.
 */
import { counter, gauge, type Metric, metricText, one, type Sample } from "../base/metric-text.ts";
import type { Overview } from "./overview-contract.ts";

export function metricsText(overview: Overview): string {
  return [
    ...sessionMetrics(overview),
    ...openMetrics(overview),
    ...machineMetrics(overview),
    ...policyMetrics(overview),
  ]
    .map(metricText)
    .join("");
}

function sessionMetrics({
  sessions,
  limit,
  orphans,
  capacity,
  proxy,
  scanner,
  restarts,
}: Overview): Metric[] {
  const { pool, line } = capacity;
  return [
    gauge(
      "sessions",
      "Session containers by state.",
      Object.entries(sessions).map(([state, value]): Sample => [{ state }, value]),
    ),
    gauge("sessions_limit", "Session containers at most, the pool included.", one(limit)),
    gauge("orphans", "Containers without a record, removed in the latest round.", one(orphans)),
    gauge("pool_wanted", "Unused containers to keep ready.", one(pool.wanted)),
    gauge("pool_ready", "Unused containers that are ready.", one(pool.ready)),
    gauge("pool_creating", "Unused containers that are being made.", one(pool.creating)),
    counter("pool_retired_total", "Unused containers that were ended.", one(pool.retired)),
    gauge("queue_waiting", "People who wait in line.", [
      [{ reason: "full" }, line.waiting - line.overQuota],
      [{ reason: "quota" }, line.overQuota],
    ]),
    gauge(
      "queue_longest_wait_seconds",
      "How long the first in line has waited.",
      one(line.longestWaitMs / 1000),
    ),
    gauge("up", "Whether a part is up.", [
      [{ part: "proxy" }, proxy === "up" ? 1 : 0],
      [{ part: "scanner" }, scanner === "up" ? 1 : 0],
    ]),
    counter("restarts_total", "How often a part ended by itself.", [
      [{ part: "proxy" }, restarts.proxy],
      [{ part: "scanner" }, restarts.clamd],
    ]),
  ];
}

function openMetrics({ capacity: { pool, warm, cold } }: Overview): Metric[] {
  const seconds = (ms: number | null) => (ms === null ? null : ms / 1000);
  return [
    counter("opens_total", "Sessions opened, by where the container came from.", [
      [{ from: "pool" }, pool.hits],
      [{ from: "pool_starting" }, pool.late],
      [{ from: "cold" }, pool.misses],
    ]),
    gauge("open_seconds", "Time from a place to the claimed container, of the latest 256 opens.", [
      [{ from: "pool", quantile: "0.5" }, seconds(warm.p50Ms)],
      [{ from: "pool", quantile: "0.95" }, seconds(warm.p95Ms)],
      [{ from: "cold", quantile: "0.5" }, seconds(cold.p50Ms)],
      [{ from: "cold", quantile: "0.95" }, seconds(cold.p95Ms)],
    ]),
  ];
}

function policyMetrics({ policy }: Overview): Metric[] {
  return [
    gauge("policy_problems", "Mistakes in a newer policy file.", one(policy.problems)),
    gauge("policy_expired", "Rules, lists and entries past their day.", one(policy.expired)),
    gauge("feeds", "Fetched lists that somebody should look at.", [
      [{ state: "held" }, policy.feedsHeld],
      [{ state: "failing" }, policy.feedsFailing],
      [{ state: "old" }, policy.feedsOld],
    ]),
  ];
}

function machineMetrics({ capacity: { memory, processor }, host }: Overview): Metric[] {
  return [
    gauge("disk_free_bytes", "Space for data.", one(host?.diskFreeBytes ?? null)),
    gauge(
      "isolation_proven",
      "Whether host and probe container stand; 0 also when no probe was looked at.",
      one(host === null ? null : host.isolation === "proven" ? 1 : 0),
    ),
    gauge("memory_total_bytes", "Memory of the machine.", one(memory.totalBytes)),
    gauge("memory_available_bytes", "Memory that can be given out.", one(memory.availableBytes)),
    gauge(
      "memory_reserve_bytes",
      "Memory that no session is opened into.",
      one(memory.reserveBytes),
    ),
    gauge(
      "session_memory_bytes",
      "What one more session is reckoned to cost.",
      one(memory.sessionBytes),
    ),
    gauge(
      "session_memory_measured_on",
      "Sessions that was measured on; 0 means estimated.",
      one(memory.measuredOn),
    ),
    gauge("sessions_room", "How many more sessions the memory holds.", one(memory.room)),
    gauge(
      "cpu_pressure_ratio",
      "Share of time in which something waited for a processor.",
      one(processor.pressure),
    ),
    gauge("load", "Load average over one minute.", one(processor.load)),
  ];
}
