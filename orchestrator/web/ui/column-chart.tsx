/** Columns of numbers in a row, with the same numbers as a table for who cannot or would rather not see them. */
import { useText } from "../base/language.ts";
import { ChartFrame, chartHeight, chartWidth } from "./chart-frame.tsx";

export interface Column {
  readonly label: string;
  readonly value: number;
}

const gap = 0.2;

export function ColumnChart(props: {
  readonly title: string;
  readonly unit: string;
  readonly columns: readonly Column[];
  readonly format: (value: number) => string;
}): React.JSX.Element {
  const { columns, format } = props;
  const t = useText();
  const most = Math.max(1, ...columns.map(({ value }) => value));
  const step = chartWidth / Math.max(columns.length, 1);
  return (
    <ChartFrame
      title={props.title}
      highest={format(most)}
      heads={[props.unit, t("reports.records")]}
      rows={columns.map(({ label, value }) => ({ label, cells: [format(value)] }))}
    >
      {columns.map(({ label, value }, at) => (
        <rect
          key={label}
          x={(at + gap / 2) * step}
          width={step * (1 - gap)}
          y={chartHeight - (value / most) * chartHeight}
          height={(value / most) * chartHeight}
          className="fill-primary"
        >
          <title>{`${label}: ${format(value)}`}</title>
        </rect>
      ))}
    </ChartFrame>
  );
}

/** How much of the most a value is, as a bar within a table's cell. */
export function ShareBar(props: { readonly of: number; readonly most: number }): React.JSX.Element {
  const share = props.most === 0 ? 0 : (100 * props.of) / props.most;
  return (
    <svg viewBox="0 0 100 8" preserveAspectRatio="none" className="h-3 w-full" aria-hidden="true">
      <rect width="100" height="8" className="fill-sunken" />
      <rect width={share} height="8" className="fill-primary" />
    </svg>
  );
}
