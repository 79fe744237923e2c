import { expect, it } from "vitest";
import { egressMetricsText } from "../../../orchestrator/egress/metrics-text.ts";
import { metricsMessage } from "../../../proxy/ipc.ts";
import { ProxyTotals } from "../../../proxy/limits.ts";
import { ProxyMetrics } from "../../../proxy/metrics.ts";
import { refuse } from "../../../proxy/refusal.ts";

const record = {
  id: "q",
  at: "",
  plane: "isolated" as const,
  method: "GET",
  scheme: "http" as const,
  host: "secret-host.example",
  port: 80,
  verdict: "allow" as const,
  rule: "R100",
  reason: "rule",
  bytesUp: 10,
  bytesDown: 200,
  durationMs: 30,
  policyVersion: "",
};

function counted(): ProxyMetrics {
  const metrics = new ProxyMetrics(new ProxyTotals({ totalBytesPerSecond: 1e9 }));
  metrics.record(record);
  metrics.record({ ...record, durationMs: 60_000 });
  metrics.unrecorded(refuse("guard.limit", "request-rate"));
  return metrics;
}

it("is what Prometheus reads, with planes and words of ours as the only labels", () => {
  const { metrics } = metricsMessage.parse({ type: "metrics", metrics: counted().read(3) });
  const text = egressMetricsText({ isolated: metrics });
  const lines = text.trimEnd().split("\n");
  const sample =
    /^(hanare_[a-z_]+?)(?:_bucket|_sum|_count)?(?:\{(?:[a-z]+="[\w.+-]+",?)+\})? \d+(?:\.\d+)?$/;
  for (const line of lines) if (!line.startsWith("#")) expect(line).toMatch(sample);
  for (const line of [
    'hanare_proxy_clients{plane="isolated"} 3',
    'hanare_proxy_requests_total{plane="isolated",verdict="allow",rule="rule",reason="rule"} 2',
    'hanare_proxy_requests_total{plane="isolated",verdict="block",rule="guard.limit",reason="request-rate"} 1',
    'hanare_proxy_bytes_total{plane="isolated",direction="down"} 400',
    'hanare_proxy_request_seconds_bucket{plane="isolated",le="0.025"} 0',
    'hanare_proxy_request_seconds_bucket{plane="isolated",le="0.05"} 1',
    'hanare_proxy_request_seconds_bucket{plane="isolated",le="30"} 1',
    'hanare_proxy_request_seconds_bucket{plane="isolated",le="+Inf"} 2',
    'hanare_proxy_request_seconds_count{plane="isolated"} 2',
  ])
    expect(lines).toContain(line);
  expect(text).not.toContain("secret-host");
  expect(text).not.toContain("R100");
});

it("keeps its labels few whatever reasons come, and loses no count", () => {
  const metrics = counted();
  for (let index = 0; index < 1000; index++)
    metrics.record({ ...record, reason: `reason-${index}`, rule: `R${index}` });
  const { outcomes } = metrics.read(0);
  expect(outcomes.length).toBeLessThan(210);
  expect(outcomes.reduce((sum, { count }) => sum + count, 0)).toBe(1003);
  expect(metricsMessage.safeParse({ type: "metrics", metrics: metrics.read(0) }).success).toBe(
    true,
  );
});

it("says nothing of planes that are down", () => expect(egressMetricsText({})).toBe(""));
