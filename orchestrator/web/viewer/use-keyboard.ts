/** Ties the hidden field's DOM events to the keyboard reducer, and its answers to the control channel. */
import { type RefObject, useCallback, useEffect, useRef } from "react";
import {
  initialKeyboardState,
  type KeyboardInput,
  type KeyFacts,
  type ShortcutName,
  type TextMessage,
} from "./keyboard/events.ts";
import { reduceKeyboard } from "./keyboard/reduce.ts";

export interface KeyboardSinks {
  /** Keys and text, in the order they were typed. */
  readonly sendTyped: (message: TextMessage | TypedKey) => void;
  readonly onShortcut: (name: ShortcutName) => void;
  readonly onPasteCut: (keptCharacters: number) => void;
  readonly onPasteNotText: () => void;
}

export interface TypedKey {
  readonly type: "key";
  readonly keysym: number;
  readonly down: boolean;
}

/** Returns a way for what comes from a menu instead of a key. */
export function useKeyboard(
  field: RefObject<HTMLTextAreaElement | null>,
  sinks: KeyboardSinks,
): (input: KeyboardInput) => void {
  const feed = useRef<((input: KeyboardInput) => void) | null>(null);
  useEffect(() => {
    const element = field.current;
    if (!element) return;
    const stop = new AbortController();
    let state = initialKeyboardState;

    const run = (input: KeyboardInput, event?: Event): void => {
      const step = reduceKeyboard(state, input);
      state = step.state;
      if (step.preventDefault) event?.preventDefault();
      if (step.clearField) element.value = "";
      for (const output of step.outputs) {
        switch (output.kind) {
          case "key":
            sinks.sendTyped({ type: "key", keysym: output.keysym, down: output.down });
            break;
          case "text":
            sinks.sendTyped(output.message);
            break;
          case "shortcut":
            sinks.onShortcut(output.name);
            break;
          case "paste-cut":
            sinks.onPasteCut(output.keptCharacters);
            break;
          case "paste-not-text":
            sinks.onPasteNotText();
            break;
        }
      }
    };

    feed.current = run;

    const on = <Name extends keyof HTMLElementEventMap>(
      name: Name,
      listener: (event: HTMLElementEventMap[Name]) => void,
    ): void => element.addEventListener(name, listener, { signal: stop.signal });

    on("keydown", (event) => run({ type: "keydown", ...keyFacts(event) }, event));
    on("keyup", (event) => run({ type: "keyup", ...keyFacts(event) }, event));
    on("compositionstart", () => run({ type: "compositionstart" }));
    on("compositionupdate", (event) => run({ type: "compositionupdate", data: event.data }));
    on("compositionend", (event) => run({ type: "compositionend", data: event.data }));
    on("input", (event) => {
      if (event instanceof InputEvent) run(inputFacts(event, element), event);
    });
    on("paste", (event) => run(pasteFacts(event.clipboardData), event));
    on("drop", (event) => event.preventDefault());
    const onPointer = (): void => run({ type: "pointer" });
    window.addEventListener("pointerdown", onPointer, { capture: true, signal: stop.signal });
    on("blur", () => run({ type: "blur" }));
    const release = (): void => run({ type: "blur" });
    window.addEventListener("blur", release, { signal: stop.signal });
    document.addEventListener("visibilitychange", release, { signal: stop.signal });

    return () => {
      run({ type: "blur" });
      stop.abort();
      feed.current = null;
    };
  }, [field, sinks]);
  return useCallback((input) => feed.current?.(input), []);
}

function keyFacts(event: KeyboardEvent): KeyFacts {
  return {
    key: event.key,
    code: event.code,
    // The only sign of "the input method has it" on the key that starts a composition.
    // eslint-disable-next-line @typescript-eslint/no-deprecated
    keyCode: event.keyCode,
    isComposing: event.isComposing,
    ctrl: event.ctrlKey,
    alt: event.altKey,
    shift: event.shiftKey,
    meta: event.metaKey,
    altGraph: event.getModifierState("AltGraph"),
  };
}

function pasteFacts(data: DataTransfer | null): Extract<KeyboardInput, { type: "paste" }> {
  return {
    type: "paste",
    text: data?.getData("text/plain") ?? "",
    otherKinds: data?.types.some((type) => type !== "text/plain") ?? false,
  };
}

function inputFacts(
  event: InputEvent,
  element: HTMLTextAreaElement,
): Extract<KeyboardInput, { type: "input" }> {
  return {
    type: "input",
    inputType: event.inputType,
    data: event.data,
    isComposing: event.isComposing,
    value: element.value,
    selectionStart: element.selectionStart,
    selectionEnd: element.selectionEnd,
  };
}
