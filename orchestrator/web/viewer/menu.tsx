/** A small menu over the room: arrows move in it, Escape and a press beside it close it. */
import { type ReactNode, type Ref, useEffect, useImperativeHandle, useRef } from "react";

export function Menu(props: {
  readonly label: string;
  readonly testId: string;
  readonly className: string;
  readonly ref?: Ref<HTMLDivElement>;
  readonly onClose: () => void;
  readonly children: ReactNode;
}): React.JSX.Element {
  const menu = useRef<HTMLDivElement>(null);
  const { onClose } = props;
  useImperativeHandle(props.ref, () => menu.current as HTMLDivElement, []);

  useEffect(() => {
    const current = menu.current?.querySelector<HTMLElement>("[aria-current]");
    (current ?? menu.current?.querySelector<HTMLElement>(itemSelector))?.focus();
    const onPointer = (event: PointerEvent): void => {
      if (event.target instanceof Node && !menu.current?.contains(event.target)) onClose();
    };
    window.addEventListener("pointerdown", onPointer, { capture: true });
    return () => window.removeEventListener("pointerdown", onPointer, { capture: true });
  }, [onClose]);

  return (
    <div
      ref={menu}
      role="menu"
      tabIndex={-1}
      aria-label={props.label}
      data-testid={props.testId}
      onKeyDown={(event) => {
        if (event.key === "Escape" || event.key === "Tab") {
          event.preventDefault();
          onClose();
        }
        const step = steps[event.key];
        if (step === undefined) return;
        event.preventDefault();
        moveFocus(event.currentTarget, step);
      }}
      onContextMenu={(event) => event.preventDefault()}
      className={`absolute z-30 overflow-y-auto rounded-12 bg-surface py-2 text-ink shadow-float ${props.className}`}
    >
      {props.children}
    </div>
  );
}

export function MenuItem(props: {
  readonly testId?: string;
  readonly current?: boolean;
  readonly disabled?: boolean;
  readonly onChoose: () => void;
  readonly children: ReactNode;
}): React.JSX.Element {
  return (
    <button
      type="button"
      role="menuitem"
      data-testid={props.testId}
      disabled={props.disabled}
      aria-current={props.current === true ? "page" : undefined}
      onClick={props.onChoose}
      className={`ring-inside block w-full truncate px-4 py-1.5 text-left text-[0.875rem] hover:bg-primary-soft disabled:text-muted disabled:hover:bg-transparent ${props.current === true ? "font-bold" : ""}`}
    >
      {props.children}
    </button>
  );
}

const itemSelector = "[role=menuitem]:not(:disabled)";
const steps: Readonly<Record<string, "first" | "last" | 1 | -1>> = {
  ArrowDown: 1,
  ArrowUp: -1,
  Home: "first",
  End: "last",
};

function moveFocus(menu: HTMLElement, step: "first" | "last" | 1 | -1): void {
  const items = [...menu.querySelectorAll<HTMLElement>(itemSelector)];
  const at = items.findIndex((item) => item === document.activeElement);
  const to =
    step === "first"
      ? 0
      : step === "last"
        ? items.length - 1
        : (at + step + items.length) % items.length;
  items[to]?.focus();
}
