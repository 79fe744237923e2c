/** Several of a fixed set, as check boxes of one size; says when there must be one. */
import type { ReactNode } from "react";
import { Icon } from "./icons.tsx";

export function ChoiceBoxes<Name extends string>(props: {
  readonly legend: string;
  readonly choices: readonly Name[];
  readonly textOf: (name: Name) => string;
  readonly chosen: readonly Name[];
  readonly onChange: (chosen: readonly Name[]) => void;
  /** The choice's name follows. */
  readonly testId: string;
  /** What is wrong with what is chosen. */
  readonly error?: string | undefined;
  /** Why nothing can be changed. */
  readonly locked?: string | undefined;
  readonly children?: ReactNode;
}): React.JSX.Element {
  const { chosen, onChange, error, locked } = props;
  const toggle = (name: Name, isChosen: boolean): void =>
    onChange(isChosen ? [...chosen, name] : chosen.filter((other) => other !== name));
  return (
    <fieldset disabled={locked !== undefined}>
      <legend className="mb-2 text-std-16B-170">{props.legend}</legend>
      {locked !== undefined && <p className="mb-2 text-[0.9375rem] text-muted">{locked}</p>}
      <div className="grid gap-2 sm:grid-cols-2">
        {props.choices.map((name) => (
          <label
            key={name}
            className="flex min-h-11 items-center gap-3 rounded-8 border border-line px-4 hover:bg-primary-soft has-checked:border-primary has-checked:bg-primary-soft"
          >
            <input
              type="checkbox"
              data-testid={`${props.testId}${name}`}
              className="size-5 shrink-0 accent-primary"
              checked={chosen.includes(name)}
              onChange={({ target }) => toggle(name, target.checked)}
            />
            {props.textOf(name)}
          </label>
        ))}
      </div>
      {error !== undefined && (
        <p className="mt-2 flex items-center gap-1.5 text-danger text-[0.9375rem]">
          <Icon name="error" size={18} />
          {error}
        </p>
      )}
      {props.children}
    </fieldset>
  );
}
