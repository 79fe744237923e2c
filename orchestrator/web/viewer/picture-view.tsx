/**
 * Where the picture is drawn and typed into. The hidden field holds the focus whenever the page area has
 * it, and stands where the remote caret is, or else where the person last clicked, so that the IME's
 * candidates open there.
 */
import { type Ref, type RefObject, useEffect, useImperativeHandle, useRef, useState } from "react";
import { useText } from "../base/language.ts";
import { openPicture, type PictureHandlers, type PictureWay } from "./picture.ts";
import type { KeyboardInput } from "./keyboard/events.ts";
import { type KeyboardSinks, useKeyboard } from "./use-keyboard.ts";

export interface PictureViewHandle {
  readonly focus: () => void;
  /** Text goes there now, in pixels of the picture. */
  readonly caretAt: (caret: Caret) => void;
  /** Where this place of the picture is in the view, in CSS pixels. */
  readonly inView: (place: Place) => Place;
  /** A menu did what otherwise keys do. */
  readonly feed: (input: Extract<KeyboardInput, { type: "paste" | "remote-copy" }>) => void;
}

export interface Place {
  readonly x: number;
  readonly y: number;
}

export interface Caret extends Place {
  readonly height: number;
}

export function PictureView(props: {
  readonly ref: Ref<PictureViewHandle>;
  readonly sessionId: string;
  readonly handlers: KeyboardSinks & PictureHandlers;
  /** The way the person wants the picture to take; a change opens it anew. */
  readonly way: PictureWay;
  readonly taken: PictureWay | null;
  readonly onWay: (way: PictureWay) => void;
}): React.JSX.Element {
  const { sessionId, handlers, way, onWay } = props;
  const t = useText();
  const target = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const [byTab, setByTab] = useState(false);
  const tabbing = useTabbing();

  const feed = useKeyboard(field, handlers);
  useImperativeHandle(
    props.ref,
    () => ({
      feed,
      focus: () => field.current?.focus({ preventScroll: true }),
      caretAt: ({ x, y, height }) => {
        const box = target.current?.getBoundingClientRect();
        const size = cssPixels(target.current);
        if (field.current && box)
          place(
            field.current,
            Math.min(x * size, box.width),
            Math.min(y * size, box.height),
            height * size,
          );
      },
      inView: ({ x, y }) => ({
        x: x * cssPixels(target.current),
        y: y * cssPixels(target.current),
      }),
    }),
    [feed],
  );

  useEffect(() => {
    if (!target.current) return;
    const opened = openPicture(target.current, sessionId, handlers, { way, onWay });
    field.current?.focus({ preventScroll: true });
    return () => opened.close();
  }, [sessionId, handlers, way, onWay]);

  return (
    <div
      className="absolute inset-0 overflow-hidden"
      // Captured: noVNC keeps the event to itself and prevents the focus a click would give.
      onMouseDownCapture={(event) => {
        const box = event.currentTarget.getBoundingClientRect();
        const element = field.current;
        if (!element) return;
        place(element, event.clientX - box.left, event.clientY - box.top, clickHeight);
        element.focus({ preventScroll: true });
        setByTab(false);
      }}
    >
      <div
        ref={target}
        data-testid="picture"
        data-way={props.taken ?? undefined}
        className="size-full"
      />
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

/** Of one pixel of the picture. */
function cssPixels(target: HTMLElement | null): number {
  const canvas = target?.querySelector("canvas");
  return canvas && canvas.width > 0 ? canvas.getBoundingClientRect().width / canvas.width : 1;
}

/** About a line, for candidates that open below it. */
const clickHeight = 24;

function place(field: HTMLTextAreaElement, x: number, y: number, height: number): void {
  field.style.left = `${x}px`;
  field.style.top = `${y}px`;
  field.style.height = `${Math.max(height, 1)}px`;
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
