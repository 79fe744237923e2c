/** Columns of numbers in a row, with the same numbers as a table for who cannot or would rather not see them. */
import { useText } from "../base/language.ts";

export interface Column {
  readonly label: string;
  readonly value: number;
}

const height = 120;
const width = 720;
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
  const step = width / Math.max(columns.length, 1);
  return (
    <figure className="m-0">
      <figcaption className="flex items-baseline justify-between gap-4">
        <span className="font-bold text-[0.9375rem]">{props.title}</span>
        <span className="text-[0.8125rem] text-muted tabular-nums">{format(most)}</span>
      </figcaption>
      <svg
        viewBox={`0 0 ${width} ${height}`}
        preserveAspectRatio="none"
        className="mt-2 h-32 w-full border-line border-b"
        aria-hidden="true"
      >
        {columns.map(({ label, value }, at) => (
          <rect
            key={label}
            x={(at + gap / 2) * step}
            width={step * (1 - gap)}
            y={height - (value / most) * height}
            height={(value / most) * height}
            className="fill-primary"
          >
            <title>{`${label}: ${format(value)}`}</title>
          </rect>
        ))}
      </svg>
      <p
        className="mt-1 flex justify-between text-[0.8125rem] text-muted tabular-nums"
        aria-hidden="true"
      >
        <span>{columns[0]?.label}</span>
        <span>{columns.at(-1)?.label}</span>
      </p>
      <details className="mt-1">
        <summary className="w-fit cursor-pointer text-[0.875rem]">{t("reports.table")}</summary>
        <div className="max-h-72 overflow-auto" tabIndex={0} role="region" aria-label={props.title}>
          <table className="table-plain text-[0.875rem]">
            <thead>
              <tr>
                <th scope="col">{props.unit}</th>
                <th scope="col">{t("reports.records")}</th>
              </tr>
            </thead>
            <tbody>
              {columns.map(({ label, value }) => (
                <tr key={label}>
                  <td>{label}</td>
                  <td className="tabular-nums">{format(value)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </figure>
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
