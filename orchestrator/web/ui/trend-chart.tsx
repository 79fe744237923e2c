/** Up to three series over time: stacked columns of what adds up, or lines of what does not. */
import { useText } from "../base/language.ts";
import { ChartFrame, chartHeight, chartWidth } from "./chart-frame.tsx";

export interface Series {
  readonly name: string;
  /** One for each moment; null where nothing is known. */
  readonly values: readonly (number | null)[];
}

/** Told apart by more than their colour: the legend's order is that of the stack, and every other line is dashed. */
const looks = [
  { mark: "bg-primary", fill: "fill-primary", stroke: "stroke-primary" },
  { mark: "bg-key-400", fill: "fill-key-400", stroke: "stroke-key-400" },
  { mark: "bg-danger-fill", fill: "fill-danger-fill", stroke: "stroke-danger" },
] as const;
const gap = 0.15;

export function TrendChart(props: {
  readonly title: string;
  readonly kind: "stack" | "lines";
  readonly moments: readonly string[];
  readonly series: readonly Series[];
  readonly format: (value: number) => string;
}): React.JSX.Element {
  const t = useText();
  const { series, moments, format, kind } = props;
  const at = (index: number) => series.map(({ values }) => values[index] ?? 0);
  const heights = moments.map((_, index) =>
    kind === "stack" ? at(index).reduce((sum, each) => sum + each, 0) : Math.max(...at(index)),
  );
  const highest = Math.max(...heights);
  const scale = chartHeight / (highest === 0 ? 1 : highest);
  const Marks = kind === "stack" ? Stack : Lines;
  return (
    <ChartFrame
      title={props.title}
      highest={format(highest)}
      legend={series.length > 1 && <Legend names={series.map(({ name }) => name)} />}
      heads={[t("trend.time"), ...series.map(({ name }) => name)]}
      rows={moments.map((label, index) => ({
        label,
        cells: series.map(({ values }) => {
          const value = values[index] ?? null;
          return value === null ? "–" : format(value);
        }),
      }))}
    >
      <Marks series={series} count={moments.length} scale={scale} />
    </ChartFrame>
  );
}

interface MarksProps {
  readonly series: readonly Series[];
  readonly count: number;
  /** Height of one. */
  readonly scale: number;
}

function Stack({ series, count, scale }: MarksProps): React.JSX.Element {
  const step = chartWidth / Math.max(count, 1);
  const below = new Array<number>(count).fill(0);
  return (
    <>
      {series.flatMap(({ name, values }, index) =>
        values.map((value, moment) => {
          if (value === null || value === 0) return null;
          const base = below[moment] ?? 0;
          below[moment] = base + value;
          return (
            <rect
              key={`${name} ${String(moment)}`}
              x={(moment + gap / 2) * step}
              width={step * (1 - gap)}
              y={chartHeight - (base + value) * scale}
              height={value * scale}
              className={looks[index]?.fill}
            />
          );
        }),
      )}
    </>
  );
}

function Lines({ series, count, scale }: MarksProps): React.JSX.Element {
  const step = chartWidth / Math.max(count, 1);
  return (
    <>
      {series.map(({ name, values }, index) => (
        <path
          key={name}
          d={lineOf(values, step, scale)}
          fill="none"
          strokeWidth="2"
          strokeLinecap="round"
          strokeDasharray={index % 2 === 1 ? "5 4" : undefined}
          vectorEffect="non-scaling-stroke"
          className={looks[index]?.stroke}
        />
      ))}
    </>
  );
}

/** A line that is broken where nothing is known; a lone value is a short dash. */
function lineOf(values: readonly (number | null)[], step: number, scale: number): string {
  let pen: "up" | "down" = "up";
  return values
    .map((value, at) => {
      if (value === null) {
        pen = "up";
        return "";
      }
      const y = Math.max(1, chartHeight - value * scale);
      const part =
        pen === "up" ? `M${at * step} ${y}H${(at + 1) * step}` : `L${(at + 1) * step} ${y}`;
      pen = "down";
      return part;
    })
    .join("");
}

function Legend(props: { readonly names: readonly string[] }): React.JSX.Element {
  return (
    <p className="mt-1 flex flex-wrap gap-x-4 text-[0.8125rem]" aria-hidden="true">
      {props.names.map((name, index) => (
        <span key={name} className="inline-flex items-center gap-1.5">
          <span className={`inline-block size-3 rounded-2 ${looks[index]?.mark ?? ""}`} />
          {name}
        </span>
      ))}
    </p>
  );
}
