/** Labelled fields with their help and error, tied together for screen readers. */
import { type InputHTMLAttributes, type Ref, type ReactNode, useId } from "react";
import { useText } from "../base/language.ts";
import { Icon } from "./icons.tsx";

interface FrameProps {
  readonly label: string;
  readonly help?: string | undefined;
  readonly error?: string | undefined;
  readonly dense?: boolean | undefined;
  readonly optionalMark?: boolean | undefined;
}

/** What a control says of the texts around it. */
interface Ties {
  readonly id: string;
  readonly "aria-describedby": string | undefined;
  readonly "aria-invalid": boolean;
}

function Frame(
  props: FrameProps & { readonly children: (ties: Ties) => ReactNode },
): React.JSX.Element {
  const { label, help, error, dense = false, optionalMark = false } = props;
  const id = useId();
  const t = useText();
  const described = [
    help === undefined ? "" : `${id}-help`,
    error === undefined ? "" : `${id}-error`,
  ];
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className={dense ? "text-dns-14B-130" : "text-std-16B-170"}>
        {label}
        {optionalMark && (
          <span className="ml-2 font-normal text-muted text-[0.875rem]">
            {t("common.optional")}
          </span>
        )}
      </label>
      {help !== undefined && (
        <p
          id={`${id}-help`}
          className={`text-muted ${dense ? "text-dns-14N-130" : "text-[0.9375rem] leading-relaxed"}`}
        >
          {help}
        </p>
      )}
      {props.children({
        id,
        "aria-describedby": described.filter(Boolean).join(" ") || undefined,
        "aria-invalid": error !== undefined,
      })}
      {error !== undefined && (
        <p id={`${id}-error`} className="flex items-center gap-1.5 text-danger text-[0.9375rem]">
          <Icon name="error" size={18} />
          {error}
        </p>
      )}
    </div>
  );
}

interface FieldProps extends InputHTMLAttributes<HTMLInputElement> {
  readonly label: string;
  readonly help?: string;
  readonly error?: string | undefined;
  readonly dense?: boolean;
  readonly optionalMark?: boolean;
  readonly ref?: Ref<HTMLInputElement>;
}

export function Field(props: FieldProps): React.JSX.Element {
  const { label, help, error, dense = false, optionalMark, className, ...rest } = props;
  return (
    <Frame {...{ label, help, error, dense, optionalMark }}>
      {(ties) => (
        <input
          {...rest}
          {...ties}
          className={`input ${dense ? "h-10 px-3!" : "h-14"} ${className ?? ""}`}
        />
      )}
    </Frame>
  );
}

/** Some lines of text; the keyboard leaves it with Tab, as any field. */
export function TextAreaField(
  props: FrameProps & {
    readonly value: string;
    readonly onChange: (value: string) => void;
    readonly maxLength: number;
    readonly rows?: number;
    readonly autoFocus?: boolean;
    readonly testId?: string;
  },
): React.JSX.Element {
  return (
    <Frame {...props}>
      {(ties) => (
        <textarea
          {...ties}
          data-testid={props.testId}
          rows={props.rows ?? 3}
          autoFocus={props.autoFocus}
          className="input resize-y py-2.5 leading-relaxed"
          maxLength={props.maxLength}
          value={props.value}
          onChange={(event) => props.onChange(event.target.value)}
        />
      )}
    </Frame>
  );
}

export function SelectField(
  props: Pick<FrameProps, "error" | "help" | "label"> & {
    readonly value: string;
    readonly onChange: (value: string) => void;
    readonly testId?: string;
    readonly children: ReactNode;
  },
): React.JSX.Element {
  return (
    <Frame dense label={props.label} help={props.help} error={props.error}>
      {(ties) => (
        <div className="relative">
          <select
            {...ties}
            data-testid={props.testId}
            value={props.value}
            onChange={(event) => props.onChange(event.target.value)}
            className="input h-10 appearance-none px-3! pr-9!"
          >
            {props.children}
          </select>
          <Icon
            name="chevron"
            size={18}
            className="pointer-events-none absolute right-3 top-1/2 -translate-y-1/2"
          />
        </div>
      )}
    </Frame>
  );
}
