/**
 * Where the picture is drawn and typed into. The hidden field holds the focus whenever the page area has
 * it, and stands where the person last clicked, so that the IME's candidates open near the remote caret.
 */
import {
  type Ref,
  type RefObject,
  useEffect,
  useImperativeHandle,
  useMemo,
  useRef,
  useState,
} from "react";
import { useText } from "../base/language.ts";
import { openPicture, type Picture, type PictureHandlers } from "./picture.ts";
import { type KeyboardSinks, useKeyboard } from "./use-keyboard.ts";

export interface PictureViewHandle {
  readonly focus: () => void;
}

export function PictureView(props: {
  readonly ref: Ref<PictureViewHandle>;
  readonly sessionId: string;
  readonly handlers: PictureHandlers & Omit<KeyboardSinks, "sendKey">;
}): React.JSX.Element {
  const { sessionId, handlers } = props;
  const t = useText();
  const target = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const picture = useRef<Picture | null>(null);
  const [byTab, setByTab] = useState(false);
  const tabbing = useTabbing();

  useImperativeHandle(
    props.ref,
    () => ({ focus: () => field.current?.focus({ preventScroll: true }) }),
    [],
  );

  useEffect(() => {
    if (!target.current) return;
    const opened = openPicture(target.current, sessionId, handlers);
    picture.current = opened;
    field.current?.focus({ preventScroll: true });
    return () => {
      picture.current = null;
      opened.close();
    };
  }, [sessionId, handlers]);

  const sinks = useMemo<KeyboardSinks>(
    () => ({
      ...handlers,
      sendKey: (keysym, code, down) => picture.current?.sendKey(keysym, code, down),
    }),
    [handlers],
  );
  useKeyboard(field, sinks);

  return (
    <div
      className="absolute inset-0 overflow-hidden"
      // Captured: noVNC keeps the event to itself and prevents the focus a click would give.
      onMouseDownCapture={(event) => {
        const box = event.currentTarget.getBoundingClientRect();
        const element = field.current;
        if (!element) return;
        element.style.left = `${event.clientX - box.left}px`;
        element.style.top = `${event.clientY - box.top}px`;
        element.focus({ preventScroll: true });
        setByTab(false);
      }}
    >
      <div ref={target} data-testid="picture" className="size-full" />
      <textarea
        ref={field}
        data-testid="ime-input"
        aria-label={t("viewer.picture")}
        className="ime-field"
        rows={1}
        autoCapitalize="off"
        autoComplete="off"
        autoCorrect="off"
        spellCheck={false}
        wrap="off"
        onFocus={() => setByTab(tabbing.current)}
        onBlur={() => setByTab(false)}
      />
      {/* Who came by keyboard sees where the keyboard is; who clicked sees it in the page itself. */}
      {byTab && (
        <div className="pointer-events-none absolute inset-0 border-4 border-yellow-300 outline-2 -outline-offset-6 outline-black" />
      )}
    </div>
  );
}

/** Whether the last thing done on the page was a press of Tab. */
function useTabbing(): RefObject<boolean> {
  const tabbing = useRef(false);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      tabbing.current = event.key === "Tab";
    };
    const onPointer = (): void => {
      tabbing.current = false;
    };
    window.addEventListener("keydown", onKey, { capture: true });
    window.addEventListener("pointerdown", onPointer, { capture: true });
    return () => {
      window.removeEventListener("keydown", onKey, { capture: true });
      window.removeEventListener("pointerdown", onPointer, { capture: true });
    };
  }, []);
  return tabbing;
}
