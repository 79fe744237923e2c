/** Ties the hidden field's DOM events to the keyboard reducer, and its answers to the two sockets. */
import { type RefObject, useEffect } from "react";
import {
  initialKeyboardState,
  type KeyboardInput,
  type KeyboardOutput,
  type KeyFacts,
  type ShortcutName,
} from "./keyboard/events.ts";
import { createInOrder } from "./keyboard/in-order.ts";
import { reduceKeyboard } from "./keyboard/reduce.ts";

/**
 * Time given to one socket's last message before the other socket goes on. Nobody changes between keys
 * and conversion faster than this, so it is seldom waited for; at 40 ms a busy host mixed the two up.
 */
const gapMs = 120;

export interface KeyboardSinks {
  readonly sendKey: (keysym: number, code: string, down: boolean) => void;
  readonly sendText: (message: Extract<KeyboardOutput, { kind: "text" }>["message"]) => void;
  readonly onShortcut: (name: ShortcutName) => void;
  readonly onPasteCut: (keptCharacters: number) => void;
}

type Sent = Extract<KeyboardOutput, { kind: "key" | "text" }>;

export function useKeyboard(
  field: RefObject<HTMLTextAreaElement | null>,
  sinks: KeyboardSinks,
): void {
  useEffect(() => {
    const element = field.current;
    if (!element) return;
    const stop = new AbortController();
    let state = initialKeyboardState;

    const send = createInOrder<Sent>({
      laneOf: (item) => item.kind,
      send: (item) => {
        if (item.kind === "key") sinks.sendKey(item.keysym, item.code, item.down);
        else sinks.sendText(item.message);
      },
      now: () => performance.now(),
      later: (act, ms) => void window.setTimeout(act, ms),
      gapMs,
    });

    const run = (input: KeyboardInput, event?: Event): void => {
      const step = reduceKeyboard(state, input);
      state = step.state;
      if (step.preventDefault) event?.preventDefault();
      if (step.clearField) element.value = "";
      for (const output of step.outputs) {
        switch (output.kind) {
          case "key":
          case "text":
            send(output);
            break;
          case "shortcut":
            sinks.onShortcut(output.name);
            break;
          case "paste-cut":
            sinks.onPasteCut(output.keptCharacters);
            break;
        }
      }
    };

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
    on("paste", (event) =>
      run({ type: "paste", text: event.clipboardData?.getData("text/plain") ?? "" }, event),
    );
    on("drop", (event) => event.preventDefault());
    on("blur", () => run({ type: "blur" }));
    const release = (): void => run({ type: "blur" });
    window.addEventListener("blur", release, { signal: stop.signal });
    document.addEventListener("visibilitychange", release, { signal: stop.signal });

    return () => {
      run({ type: "blur" });
      stop.abort();
    };
  }, [field, sinks]);
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
