/** A small label: colour, icon and words together, never colour alone. */
import { Icon, type IconName } from "./icons.tsx";

export type BadgeTone = "good" | "caution" | "danger" | "info" | "quiet";

const looks: Readonly<Record<BadgeTone, string>> = {
  good: "bg-good-soft text-good border-good",
  caution: "bg-caution-soft text-caution border-caution",
  danger: "bg-danger-soft text-danger border-danger",
  info: "bg-primary-soft text-primary border-primary-line",
  quiet: "bg-sunken text-muted border-line",
};

export function Badge(props: {
  readonly tone: BadgeTone;
  readonly icon?: IconName;
  readonly text: string;
}): React.JSX.Element {
  return (
    <span
      className={`inline-flex items-center gap-1 whitespace-nowrap rounded-6 border px-2 py-0.5 text-[0.8125rem] font-bold leading-normal ${looks[props.tone]}`}
    >
      {props.icon && <Icon name={props.icon} size={16} />}
      {props.text}
    </span>
  );
}
