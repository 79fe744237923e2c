/** Narrows a list that is here already while somebody types. */
import { Field } from "./field.tsx";

export function QuickSearch(props: {
  readonly label: string;
  readonly testId: string;
  readonly value: string;
  readonly onChange: (words: string) => void;
}): React.JSX.Element {
  return (
    <div className="max-w-[28rem]">
      <Field
        dense
        label={props.label}
        type="search"
        data-testid={props.testId}
        autoComplete="off"
        value={props.value}
        onChange={(event) => props.onChange(event.target.value)}
      />
    </div>
  );
}
