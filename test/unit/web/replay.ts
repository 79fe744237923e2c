/** Replays recorded keyboard events through the reducer and collects what it answered, in short form. */
import {
  initialKeyboardState,
  type KeyboardInput,
  type KeyboardOutput,
  type KeyboardState,
  type KeyFacts,
} from "../../../orchestrator/web/viewer/keyboard/events.ts";
import { reduceKeyboard } from "../../../orchestrator/web/viewer/keyboard/reduce.ts";

const plain: Omit<KeyFacts, "key" | "code" | "keyCode"> = {
  isComposing: false,
  ctrl: false,
  alt: false,
  shift: false,
  meta: false,
  altGraph: false,
};

export function down(
  key: string,
  code: string,
  keyCode = 0,
  more: Partial<KeyFacts> = {},
): KeyboardInput {
  return { type: "keydown", key, code, keyCode, ...plain, ...more };
}

export function up(
  key: string,
  code: string,
  keyCode = 0,
  more: Partial<KeyFacts> = {},
): KeyboardInput {
  return { type: "keyup", key, code, keyCode, ...plain, ...more };
}

/** keydown of a key the input method took. */
export const ime = (code: string, isComposing = true): KeyboardInput =>
  down("Process", code, 229, { isComposing });

export const start: KeyboardInput = { type: "compositionstart" };
export const update = (data: string): KeyboardInput => ({ type: "compositionupdate", data });
export const end = (data: string): KeyboardInput => ({ type: "compositionend", data });
export const paste = (text: string, otherKinds = false): KeyboardInput => ({
  type: "paste",
  text,
  otherKinds,
});
export const blur: KeyboardInput = { type: "blur" };

/** The input event of a composition; Chromium gives null data for an emptied one. */
export function composed(
  data: string,
  from = data.length,
  to = from,
): Extract<KeyboardInput, { type: "input" }> {
  return {
    type: "input",
    inputType: "insertCompositionText",
    data: data === "" ? null : data,
    isComposing: true,
    value: data,
    selectionStart: from,
    selectionEnd: to,
  };
}

export function typed(data: string, inputType = "insertText"): KeyboardInput {
  return {
    type: "input",
    inputType,
    data,
    isComposing: false,
    value: data,
    selectionStart: data.length,
    selectionEnd: data.length,
  };
}

export interface Replay {
  /** "compose にほん 3-3", "insert 日本", "down ff0d", "up ff0d", "shortcut address". */
  readonly out: readonly string[];
  /** Per event: whether the browser was kept from acting on it. */
  readonly prevented: readonly boolean[];
  readonly state: KeyboardState;
}

export function replay(events: readonly KeyboardInput[]): Replay {
  let state = initialKeyboardState;
  const out: string[] = [];
  const prevented: boolean[] = [];
  for (const event of events) {
    const step = reduceKeyboard(state, event);
    state = step.state;
    prevented.push(step.preventDefault);
    out.push(...step.outputs.map(short));
  }
  return { out, prevented, state };
}

function short(output: KeyboardOutput): string {
  switch (output.kind) {
    case "key":
      return `${output.down ? "down" : "up"} ${output.keysym.toString(16)}`;
    case "text":
      if (output.message.type === "insert-text") return `insert ${output.message.text}`;
      if (output.message.type === "paste") return `paste ${output.message.text}`;
      return `compose ${output.message.text} ${output.message.selectionStart}-${output.message.selectionEnd}`;
    case "shortcut":
      return `shortcut ${output.name}`;
    case "paste-cut":
      return `cut ${output.keptCharacters}`;
    case "paste-not-text":
      return "not text";
  }
}
