/**
 * The keyboard rules of the viewer as a pure reducer: browser events in, X keys and text messages out.
 *
 * What always holds: a key is either sent as a key or left to the field as text, never both; every key
 * sent down is sent up, at the latest on blur; a composition ends in exactly one insert-text, or in an
 * empty compose when it was given up. It does not touch the DOM, sockets or clocks.
 *
 * Event orders it is built for (Chromium): keydown 229, compositionstart, compositionupdate, input …,
 * then compositionend *after* the last input and before the keyup, whose keydown never was a key.
 */
import {
  initialKeyboardState,
  type KeyboardInput,
  type KeyboardOutput,
  type KeyboardState,
  type KeyboardStep,
  type KeyFacts,
} from "./events.ts";
import { backspacesFor, keptLimit, takenBack } from "./kept-text.ts";
import { keysymOf } from "./keysyms.ts";
import { localKey } from "./shortcuts.ts";

/** Bounds of the contract's compose and insert-text messages, in UTF-16 units. */
export const composeLimit = 1000;
export const insertLimit = 100_000;

const imeKeyCode = 229;

export function reduceKeyboard(state: KeyboardState, input: KeyboardInput): KeyboardStep {
  switch (input.type) {
    case "keydown":
      return keyDown(state, input);
    case "keyup":
      return keyUp(state, input);
    case "compositionstart":
      return step(begun(state));
    case "compositionupdate": {
      const next = state.composing ? state : begun(state);
      if (next.placeUnknown) return step(next);
      // The caret stands at the end unless the input event that follows says otherwise.
      return compose(next, input.data, input.data.length, input.data.length);
    }
    case "compositionend":
      return compositionEnd(state, input.data);
    case "input":
      return fieldInput(state, input);
    case "paste":
      return paste(state, input);
    case "remote-copy":
      return step({ ...state, remoteCopy: "fresh" });
    case "pointer":
      return state.composing ? step(state) : forget(state);
    case "blur":
      return blur(state);
  }
}

function begun(state: KeyboardState): KeyboardState {
  const placeUnknown = state.kept !== "";
  return { ...state, composing: true, preedit: null, justCommitted: null, placeUnknown };
}

/** Nothing stands before the caret any more that could be converted again. */
function forget(state: KeyboardState): KeyboardStep {
  return step({ ...state, kept: "" }, [], { clearField: state.kept !== "" });
}

function step(
  state: KeyboardState,
  outputs: readonly KeyboardOutput[] = [],
  more: { readonly preventDefault?: boolean; readonly clearField?: boolean } = {},
): KeyboardStep {
  return {
    state,
    outputs,
    preventDefault: more.preventDefault ?? false,
    clearField: more.clearField ?? false,
  };
}

function keyDown(state: KeyboardState, event: KeyFacts): KeyboardStep {
  if (state.composing || event.isComposing || event.keyCode === imeKeyCode) {
    return step({ ...state, justCommitted: null });
  }
  const next: KeyboardState = { ...state, justCommitted: null };
  const local = localKey(event);
  if (local !== null) {
    return step({ ...next, kept: "" }, local.kind === "shortcut" ? [local] : [], {
      preventDefault: true,
      clearField: next.kept !== "",
    });
  }
  // The field's paste event decides; the keys themselves must not paste a second time.
  if (isPasteKey(event)) return step(next);
  // AltGr on Windows is Ctrl+Alt: the character is what the person meant, not the combination.
  if (event.altGraph && event.key.length === 1) return step(next);
  const keysym = keysymOf(keyMeant(event), event.code);
  if (keysym === null) return step(next);
  const name = pressedName(event);
  const before = next.pressed.get(name);
  const pressed = new Map(next.pressed).set(name, keysym);
  const remoteCopy = isCopyKey(event) ? "fresh" : next.remoteCopy;
  const outputs = [key(keysym, true)];
  const moves = !modifiers.has(event.key);
  // Shift pressed while a letter repeats: the small letter is let go before the capital goes down.
  if (before !== undefined && before !== keysym) outputs.unshift(key(before, false));
  return step({ ...next, pressed, remoteCopy, ...(moves && { kept: "" }) }, outputs, {
    preventDefault: true,
    clearField: moves && next.kept !== "",
  });
}

/** They leave the caret where it is. */
const modifiers: ReadonlySet<string> = new Set(["Alt", "AltGraph", "Control", "Meta", "Shift"]);

function keyUp(state: KeyboardState, event: KeyFacts): KeyboardStep {
  // The keysym that went down goes up: with Shift released first, `key` names another character by now.
  const name = pressedName(event);
  const keysym = state.pressed.get(name);
  if (keysym === undefined) return step(state);
  const pressed = new Map(state.pressed);
  pressed.delete(name);
  return step({ ...state, pressed }, [key(keysym, false)], { preventDefault: true });
}

/** On-screen keyboards leave `code` empty; then the key itself is the name. */
function pressedName(event: KeyFacts): string {
  return event.code === "" ? `key:${event.key}` : event.code;
}

/**
 * Keys travel by keysym alone. A scancode beside it would be read on the container's keyboard layout, and a
 * Japanese keyboard's @ would come out as [.
 */
function key(keysym: number, down: boolean): KeyboardOutput {
  return { kind: "key", keysym, down };
}

/**
 * With Caps Lock on, Ctrl+C comes as a capital C; sent as such, X would hold Shift for it, and
 * Ctrl+Shift+C is another command.
 */
function keyMeant(event: KeyFacts): string {
  if (event.key.length !== 1 || !(event.ctrl || event.alt || event.meta)) return event.key;
  return event.shift ? event.key.toUpperCase() : event.key.toLowerCase();
}

function isPasteKey(event: KeyFacts): boolean {
  if (event.key === "Insert") return event.shift && !event.ctrl && !event.alt;
  return event.key.toLowerCase() === "v" && (event.ctrl || event.meta) && !event.alt;
}

function isCopyKey(event: KeyFacts): boolean {
  if (event.key === "Insert") return event.ctrl;
  const letter = event.key.toLowerCase();
  return (
    (letter === "c" || letter === "x") && (event.ctrl || event.meta) && !event.alt && !event.shift
  );
}

function compose(state: KeyboardState, text: string, start: number, end: number): KeyboardStep {
  const shown = clip(text, composeLimit);
  const selectionStart = Math.min(start, shown.length);
  const selectionEnd = Math.max(selectionStart, Math.min(end, shown.length));
  const before = state.preedit;
  if (before?.text === shown && before.start === selectionStart && before.end === selectionEnd) {
    return step(state);
  }
  // Nothing was shown yet, so there is nothing to empty.
  if (before === null && shown === "") return step(state);
  const preedit = { text: shown, start: selectionStart, end: selectionEnd };
  return step({ ...state, preedit }, [
    { kind: "text", message: { type: "compose", text: shown, selectionStart, selectionEnd } },
  ]);
}

function compositionEnd(state: KeyboardState, data: string): KeyboardStep {
  const next: KeyboardState = { ...state, composing: false, preedit: null, placeUnknown: false };
  if (data !== "") {
    const kept = state.kept + data;
    const full = kept.length > keptLimit;
    return step({ ...next, justCommitted: data, kept: full ? "" : kept }, [insert(data)], {
      clearField: full,
    });
  }
  const given = { ...next, justCommitted: data, kept: "" };
  if (state.preedit === null || state.preedit.text === "")
    return step(given, [], { clearField: true });
  return step(
    given,
    [{ kind: "text", message: { type: "compose", text: "", selectionStart: 0, selectionEnd: 0 } }],
    { clearField: true },
  );
}

function fieldInput(
  state: KeyboardState,
  event: Extract<KeyboardInput, { type: "input" }>,
): KeyboardStep {
  if (state.composing || event.isComposing) {
    if (!state.composing || event.inputType !== "insertCompositionText") return step(state);
    // The selection counts from the field's start, and the preedit is the end of what the field holds.
    const text = event.data ?? "";
    const offset = Math.max(0, event.value.length - text.length);
    const taken = state.placeUnknown ? takenBack(state.kept, event.value, text) : "";
    const shown = compose(
      {
        ...state,
        placeUnknown: false,
        kept: state.kept.slice(0, state.kept.length - taken.length),
      },
      text,
      Math.max(0, event.selectionStart - offset),
      Math.max(0, event.selectionEnd - offset),
    );
    return { ...shown, outputs: [...erase(taken), ...shown.outputs] };
  }
  const text = event.data ?? (event.inputType.startsWith("insertFrom") ? event.value : "");
  // Some engines repeat the committed text in an input event after compositionend.
  const repeated =
    state.justCommitted !== null &&
    (text === state.justCommitted || isCompositionType(event.inputType));
  if (repeated || text === "" || !event.inputType.startsWith("insert")) {
    return step({ ...state, justCommitted: null, kept: "" }, [], { clearField: true });
  }
  return step({ ...state, justCommitted: null, kept: "" }, [insert(clip(text, insertLimit))], {
    clearField: true,
  });
}

/** The text is composed anew in the page: what was committed of it goes first. */
function erase(taken: string): KeyboardOutput[] {
  return Array.from({ length: backspacesFor(taken) }).flatMap(() => [
    key(backspace, true),
    key(backspace, false),
  ]);
}

const backspace = 0xff08;

function isCompositionType(inputType: string): boolean {
  return inputType === "insertCompositionText" || inputType === "insertFromComposition";
}

type Paste = Extract<KeyboardInput, { type: "paste" }>;

function paste(state: KeyboardState, event: Paste): KeyboardStep {
  const next: KeyboardState = { ...state, justCommitted: null, kept: "" };
  if (remoteIsNewer(state, event)) {
    // Ctrl is held down on the remote side already when the keyboard asked; a menu's paste brings its own.
    return step(next, remotePasteKeys(state), { preventDefault: true, clearField: true });
  }
  const { text } = event;
  // The page's clipboard holds older words, which nobody means now.
  if (text === "")
    return step({ ...next, remoteCopy: "none" }, [{ kind: "paste-not-text" }], {
      preventDefault: true,
      clearField: true,
    });
  return step({ ...next, remoteCopy: "none", lastPasted: text }, pastes(text), {
    preventDefault: true,
    clearField: true,
  });
}

/**
 * The last copy wins. The remote clipboard never reaches the terminal, so a copy made in the page is
 * newer than the terminal's clipboard when the person did not leave the viewer since, or left it and
 * came back with the clipboard unchanged, or when the terminal has nothing at all.
 */
function remoteIsNewer(state: KeyboardState, { text, otherKinds }: Paste): boolean {
  if (state.remoteCopy === "fresh" || (text === "" && !otherKinds)) return true;
  return state.remoteCopy === "stale" && text === state.lastPasted;
}

const controlLeft = 0xffe3;
const letterV = 0x76;

function remotePasteKeys(state: KeyboardState): KeyboardOutput[] {
  const held = [...state.pressed.values()].some(
    (keysym) => keysym === controlLeft || keysym === controlLeft + 1,
  );
  const letter = [key(letterV, true), key(letterV, false)];
  return held ? letter : [key(controlLeft, true), ...letter, key(controlLeft, false)];
}

function blur(state: KeyboardState): KeyboardStep {
  const outputs = [...state.pressed.values()].map((keysym) => key(keysym, false));
  const remoteCopy = state.remoteCopy === "fresh" ? "stale" : state.remoteCopy;
  const next = { ...state, pressed: initialKeyboardState.pressed, remoteCopy };
  // What is being composed is the input method's to end.
  if (state.composing) return step(next, outputs);
  return step({ ...next, kept: "" }, outputs, { clearField: state.kept !== "" });
}

function insert(text: string): KeyboardOutput {
  return { kind: "text", message: { type: "insert-text", text } };
}

function pastes(text: string): KeyboardOutput[] {
  const whole = text.replaceAll("\r\n", "\n");
  const kept = clip(whole, insertLimit);
  const paste: KeyboardOutput = { kind: "text", message: { type: "paste", text: kept } };
  return kept.length === whole.length
    ? [paste]
    : [paste, { kind: "paste-cut", keptCharacters: kept.length }];
}

/** Cuts at `limit` UTF-16 units without leaving half a character. */
function clip(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const last = text.charCodeAt(limit - 1);
  return text.slice(0, last >= 0xd800 && last <= 0xdbff ? limit - 1 : limit);
}
