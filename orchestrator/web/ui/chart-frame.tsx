/** What every chart has: a title, its highest value, where it begins and ends, and the same numbers as a table. */
import type { ReactNode } from "react";
import { useText } from "../base/language.ts";

export const [chartWidth, chartHeight] = [720, 120];

export interface ChartRow {
  readonly label: string;
  readonly cells: readonly string[];
}

export function ChartFrame(props: {
  readonly title: string;
  readonly highest: string;
  readonly legend?: ReactNode;
  readonly heads: readonly string[];
  readonly rows: readonly ChartRow[];
  /** What is drawn, in a box of `chartWidth` by `chartHeight`. */
  readonly children: ReactNode;
}): React.JSX.Element {
  const t = useText();
  const { title, rows } = props;
  return (
    <figure className="m-0">
      <figcaption className="flex items-baseline justify-between gap-4">
        <span className="font-bold text-[0.9375rem]">{title}</span>
        <span className="text-[0.8125rem] text-muted tabular-nums">{props.highest}</span>
      </figcaption>
      {props.legend}
      <svg
        viewBox={`0 0 ${chartWidth} ${chartHeight}`}
        preserveAspectRatio="none"
        className="mt-2 h-32 w-full border-line border-b"
        aria-hidden="true"
      >
        {props.children}
      </svg>
      <p
        className="mt-1 flex justify-between text-[0.8125rem] text-muted tabular-nums"
        aria-hidden="true"
      >
        <span>{rows[0]?.label}</span>
        <span>{rows.at(-1)?.label}</span>
      </p>
      <details className="mt-1">
        <summary className="w-fit cursor-pointer text-[0.875rem]">{t("reports.table")}</summary>
        <div className="max-h-72 overflow-auto" tabIndex={0} role="region" aria-label={title}>
          <table className="table-plain text-[0.875rem]">
            <thead>
              <tr>
                {props.heads.map((head) => (
                  <th key={head} scope="col">
                    {head}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map(({ label, cells }) => (
                <tr key={label}>
                  <td>{label}</td>
                  {cells.map((cell, at) => (
                    <td key={props.heads[at + 1]} className="tabular-nums">
                      {cell}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </details>
    </figure>
  );
}
