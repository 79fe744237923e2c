/** Where the active tab was, as a menu below the arrows. Titles are text from outside and stay text. */
import { useEffect, useRef } from "react";
import { useText } from "../base/language.ts";
import type { History } from "./use-room.ts";

export function HistoryMenu(props: {
  readonly history: History;
  readonly onGo: (step: number) => void;
  readonly onClose: () => void;
}): React.JSX.Element {
  const t = useText();
  const menu = useRef<HTMLDivElement>(null);
  const { onClose } = props;

  useEffect(() => {
    menu.current?.querySelector<HTMLElement>("[aria-current]")?.focus();
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
      aria-label={t("viewer.history")}
      data-testid="history-menu"
      onKeyDown={(event) => {
        if (event.key === "Escape") onClose();
        if (event.key === "ArrowDown" || event.key === "ArrowUp")
          moveFocus(event.currentTarget, event.key === "ArrowDown" ? 1 : -1);
      }}
      className="absolute left-2 top-full z-30 max-h-80 w-96 overflow-y-auto rounded-12 bg-surface py-2 text-ink shadow-float"
    >
      {props.history.entries.toReversed().map(({ step, title }) => (
        <button
          key={step}
          type="button"
          role="menuitem"
          aria-current={step === 0 ? "page" : undefined}
          onClick={() => (step === 0 ? onClose() : props.onGo(step))}
          className={`block w-full truncate px-4 py-1.5 text-left text-[0.875rem] hover:bg-primary-soft ${step === 0 ? "font-bold" : ""}`}
        >
          {title}
          {step === 0 && <span className="text-muted">（{t("viewer.historyHere")}）</span>}
        </button>
      ))}
    </div>
  );
}

function moveFocus(menu: HTMLElement, step: 1 | -1): void {
  const items = [...menu.querySelectorAll<HTMLElement>("[role=menuitem]")];
  const at = items.findIndex((item) => item === document.activeElement);
  items[(at + step + items.length) % items.length]?.focus();
}
