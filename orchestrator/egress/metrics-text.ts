/**
 * What the two proxies count, as Prometheus reads it. Labels are the plane and closed words of ours: never a
 * host, a person or an address. Pure.
 */
import type { MetricsMessage } from "../../proxy/ipc.ts";
import { dnsBuckets, requestBuckets } from "../../proxy/metric-buckets.ts";
import { counter, gauge, histogram, metricText, type Sample } from "../base/metric-text.ts";

type Plane = "isolated" | "terminal";
export type PlaneMetrics = Readonly<Partial<Record<Plane, MetricsMessage["metrics"]>>>;

/** @param planes those that have reported; one that is down has nothing to say */
export function egressMetricsText(planes: PlaneMetrics): string {
  const known = Object.entries(planes);
  if (known.length === 0) return "";
  const each = (read: (metrics: MetricsMessage["metrics"]) => number): Sample[] =>
    known.map(([plane, metrics]) => [{ plane }, read(metrics)]);
  const outcomes = known.flatMap(([plane, metrics]) =>
    metrics.outcomes.map(({ verdict, rule, reason, count }): Sample => {
      return [{ plane, verdict, rule: word(rule), reason: word(reason) }, count];
    }),
  );
  const bytes = known.flatMap(([plane, { bytesUp, bytesDown }]): Sample[] => [
    [{ plane, direction: "up" }, bytesUp],
    [{ plane, direction: "down" }, bytesDown],
  ]);
  const parts = (read: (metrics: MetricsMessage["metrics"]) => { counts: number[]; sum: number }) =>
    known.map(([plane, metrics]) => ({ labels: { plane }, ...read(metrics) }));
  return [
    gauge(
      "proxy_clients",
      "Sessions with a door, or terminals known.",
      each((m) => m.clients),
    ),
    gauge(
      "proxy_connections",
      "Connections of clients.",
      each((m) => m.connections),
    ),
    gauge(
      "proxy_tunnels",
      "Tunnels that are open.",
      each((m) => m.tunnels),
    ),
    counter("proxy_requests_total", "Requests and tunnels that ended, by outcome.", outcomes),
    counter("proxy_bytes_total", "Bytes of those, by direction.", bytes),
    counter(
      "proxy_dns_cached_total",
      "Names known without asking.",
      each((m) => m.dnsCached),
    ),
    counter(
      "proxy_dns_failed_total",
      "Questions without an address.",
      each((m) => m.dnsFailed),
    ),
    gauge(
      "proxy_resident_bytes",
      "Memory of the process.",
      each((m) => m.residentBytes),
    ),
  ]
    .map(metricText)
    .concat(
      histogram(
        "proxy_request_seconds",
        "Plain HTTP requests from their head to their end.",
        requestBuckets,
        parts((m) => m.requestSeconds),
      ),
      histogram(
        "proxy_dns_seconds",
        "Questions to name servers.",
        dnsBuckets,
        parts((m) => m.dnsSeconds),
      ),
    )
    .join("");
}

/** Words of ours are written so already; anything else must not break the format. */
function word(text: string): string {
  return text.replaceAll(/[^a-zA-Z0-9_.-]/g, "_");
}
