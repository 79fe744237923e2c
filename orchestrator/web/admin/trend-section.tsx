/** The last hour or day as charts, each with its numbers as a table. */
import { useState } from "react";
import type { Trend } from "../../http/overview-contract.ts";
import { formatBytes, formatClock, formatNumber } from "../base/format.ts";
import { useLanguage, useText } from "../base/language.ts";
import { useLoad } from "../base/use-load.ts";
import type { TextName } from "../i18n/dictionary.ts";
import { LoadView } from "../ui/load-view.tsx";
import { Card } from "../ui/page-shell.tsx";
import { TrendChart } from "../ui/trend-chart.tsx";

type Values = NonNullable<Trend["points"][number]["values"]>;
type Measure = keyof Values;

/** As often as the server looks. */
const pollMs = 30_000;

interface Chart {
  readonly title: TextName;
  readonly kind: "stack" | "lines";
  readonly series: readonly (readonly [Measure, TextName])[];
  readonly unit: "count" | "seconds" | "bytes";
}

const charts = [
  {
    ...{ title: "trend.sessions", kind: "stack", unit: "count" },
    series: [
      ["active", "trend.active"],
      ["waiting", "trend.waiting"],
    ],
  },
  {
    ...{ title: "trend.opens", kind: "stack", unit: "count" },
    series: [
      ["warm", "trend.warm"],
      ["cold", "trend.cold"],
    ],
  },
  {
    ...{ title: "trend.openTime", kind: "lines", unit: "seconds" },
    series: [
      ["p50Ms", "trend.p50"],
      ["p95Ms", "trend.p95"],
    ],
  },
  {
    ...{ title: "trend.traffic", kind: "lines", unit: "count" },
    series: [
      ["requests", "trend.requests"],
      ["refused", "trend.refused"],
    ],
  },
  {
    ...{ title: "trend.verdicts", kind: "stack", unit: "count" },
    series: [
      ["released", "trend.released"],
      ["held", "trend.held"],
      ["infected", "trend.infected"],
    ],
  },
  {
    ...{ title: "trend.memory", kind: "lines", unit: "bytes" },
    series: [["memoryFreeBytes", "trend.free"]],
  },
  {
    ...{ title: "trend.disk", kind: "lines", unit: "bytes" },
    series: [["diskFreeBytes", "trend.free"]],
  },
] as const satisfies readonly Chart[];

export function TrendSection(): React.JSX.Element {
  const t = useText();
  const [hours, setHours] = useState<1 | 24>(1);
  const { loaded, reload } = useLoad<Trend>(`/api/admin/trend?hours=${hours}`, pollMs);
  return (
    <section aria-labelledby="trend-title">
      <div className="mb-4 flex flex-wrap items-end justify-between gap-4">
        <div>
          <h2 id="trend-title" className="text-std-22B-150">
            {t("trend.title")}
          </h2>
          <p className="mt-1 text-[0.9375rem] text-muted">{t("trend.lead")}</p>
        </div>
        <fieldset className="flex gap-5">
          <legend className="sr-only">{t("trend.window")}</legend>
          {([1, 24] as const).map((each) => (
            <label key={each} className="flex min-h-11 cursor-pointer items-center gap-2">
              <input
                type="radio"
                name="trend-hours"
                className="size-5 accent-primary"
                data-testid={`trend-${each}`}
                checked={hours === each}
                onChange={() => setHours(each)}
              />
              {t(each === 1 ? "trend.hour" : "trend.day")}
            </label>
          ))}
        </fieldset>
      </div>
      <LoadView loaded={loaded} onRetry={reload}>
        {(trend) => <Charts trend={trend} />}
      </LoadView>
    </section>
  );
}

function Charts(props: { readonly trend: Trend }): React.JSX.Element {
  const t = useText();
  const language = useLanguage();
  const { points } = props.trend;
  const moments = points.map(({ at }) => formatClock(language, at));
  const formats: Readonly<Record<Chart["unit"], (value: number) => string>> = {
    count: (value) => formatNumber(language, value),
    seconds: (value) =>
      t("capacity.seconds", { count: formatNumber(language, Math.round(value / 10) / 100) }),
    bytes: (value) => formatBytes(language, value),
  };
  return (
    <div
      className="grid gap-6 lg:grid-cols-2 lg:[&>:last-child:nth-child(odd)]:col-span-2"
      data-testid="trend"
    >
      {charts.map(({ title, kind, series, unit }) => (
        <Card key={title} className="p-6">
          <TrendChart
            title={t(title)}
            kind={kind}
            moments={moments}
            format={formats[unit]}
            series={series.map(([measure, name]) => ({
              name: t(name),
              values: points.map(({ values }) => values?.[measure] ?? null),
            }))}
          />
        </Card>
      ))}
    </div>
  );
}
