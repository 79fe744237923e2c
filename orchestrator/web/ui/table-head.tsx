/** The head of a table: what each column holds, and one more for buttons where there are some. */
import { useText } from "../base/language.ts";

export function TableHead(props: {
  readonly columns: readonly string[];
  readonly actions?: boolean;
}): React.JSX.Element {
  const t = useText();
  return (
    <thead>
      <tr>
        {props.columns.map((name) => (
          <th key={name} scope="col">
            {name}
          </th>
        ))}
        {props.actions === true && (
          <th scope="col">
            <span className="sr-only">{t("sessions.actions")}</span>
          </th>
        )}
      </tr>
    </thead>
  );
}
