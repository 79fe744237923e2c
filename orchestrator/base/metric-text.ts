/**
 * Prometheus' text format, version 0.0.4 (prometheus.io/docs/instrumenting/exposition_formats). Names end in
 * their unit, counters in `_total`. Pure.
 */
export type Sample = readonly [labels: Readonly<Record<string, string>>, value: number | null];

export interface Metric {
  readonly name: string;
  readonly type: "gauge" | "counter";
  readonly help: string;
  readonly samples: readonly Sample[];
}

export const one = (value: number | null): Sample[] => [[{}, value]];
export const gauge = (name: string, help: string, samples: readonly Sample[]): Metric => ({
  name: `hanare_${name}`,
  type: "gauge",
  help,
  samples,
});
export const counter = (name: string, help: string, samples: readonly Sample[]): Metric => ({
  ...gauge(name, help, samples),
  type: "counter",
});

export interface HistogramPart {
  readonly labels: Readonly<Record<string, string>>;
  /** Per bucket, the last one above all bounds. */
  readonly counts: readonly number[];
  readonly sum: number;
}

/** Buckets are added up here: each counts what is at most its bound. */
export function histogram(
  name: string,
  help: string,
  bounds: readonly number[],
  parts: readonly HistogramPart[],
): string {
  const full = `hanare_${name}`;
  const lines = parts.flatMap(({ labels, counts, sum }) => {
    let total = 0;
    const buckets = [...bounds.map(String), "+Inf"].map((le, index) => {
      total += counts[index] ?? 0;
      return sampleLine(`${full}_bucket`, { ...labels, le }, total);
    });
    return [
      ...buckets,
      sampleLine(`${full}_sum`, labels, sum),
      sampleLine(`${full}_count`, labels, total),
    ];
  });
  return `# HELP ${full} ${help}\n# TYPE ${full} histogram\n${lines.join("\n")}\n`;
}

function sampleLine(name: string, labels: Readonly<Record<string, string>>, value: number): string {
  const inner = Object.entries(labels).map(([key, text]) => `${key}="${text}"`);
  return `${name}${inner.length === 0 ? "" : `{${inner.join(",")}}`} ${String(value)}`;
}

/** What was not measured is left out, as the format asks. */
export function metricText({ name, type, help, samples }: Metric): string {
  const lines = samples.flatMap(([labels, value]) =>
    value === null ? [] : [sampleLine(name, labels, value)],
  );
  if (lines.length === 0) return "";
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join("\n")}\n`;
}
