import { expect, it } from "vitest";
import { metricsText } from "../../../orchestrator/http/metrics-text.ts";
import { overviewOf } from "../../support/overview.ts";

it("is what Prometheus reads: every sample after its own HELP and TYPE, nothing that was not measured", () => {
  const text = metricsText(
    overviewOf({
      line: { waiting: 5, overQuota: 2, longestWaitMs: 61_500 },
      warm: { count: 3, p50Ms: 120, p95Ms: 240 },
      cold: { count: 0, p50Ms: null, p95Ms: null },
    }),
  );
  const lines = text.trimEnd().split("\n");
  const sample = /^(hanare_[a-z0-9_]+)(?:\{(?:[a-z]+="[a-z0-9_.]+",?)+\})? -?\d+(?:\.\d+)?$/;
  let family = "";
  for (const line of lines) {
    if (line.startsWith("# HELP ")) family = line.split(" ")[2] ?? "";
    else if (line.startsWith("# TYPE ")) expect(line).toMatch(`# TYPE ${family} `);
    else expect(sample.exec(line)?.[1]).toBe(family);
  }
  expect(lines).toContain('hanare_queue_waiting{reason="full"} 3');
  expect(lines).toContain('hanare_queue_waiting{reason="quota"} 2');
  expect(lines).toContain('hanare_restarts_total{part="scanner"} 2');
  expect(lines).toContain("hanare_queue_longest_wait_seconds 61.5");
  expect(lines).toContain('hanare_open_seconds{from="pool",quantile="0.95"} 0.24');
  expect(text).not.toContain('from="cold",quantile');
  expect(text).not.toContain("cpu_pressure");
});
