/**
 * X keysyms of the keys that travel as keys. Pure table. Text beyond ASCII has no place here: it goes
 * as text, because X has too few spare keycodes for it. Values: X11 keysymdef.h (X.Org).
 */

/** By KeyboardEvent.key; left and right variants by code come first in keysymOf. */
const byKey: Readonly<Record<string, number>> = {
  Backspace: 0xff08,
  Tab: 0xff09,
  Enter: 0xff0d,
  Pause: 0xff13,
  Escape: 0xff1b,
  Delete: 0xffff,
  Home: 0xff50,
  ArrowLeft: 0xff51,
  ArrowUp: 0xff52,
  ArrowRight: 0xff53,
  ArrowDown: 0xff54,
  PageUp: 0xff55,
  PageDown: 0xff56,
  End: 0xff57,
  Insert: 0xff63,
  ContextMenu: 0xff67,
  Shift: 0xffe1,
  Control: 0xffe3,
  Alt: 0xffe9,
  Meta: 0xffeb,
  AltGraph: 0xfe03,
};

const byCode: Readonly<Record<string, number>> = {
  ShiftRight: 0xffe2,
  ControlRight: 0xffe4,
  AltRight: 0xffea,
  MetaRight: 0xffec,
  NumpadEnter: 0xff8d,
};

const functionKey = /^F([1-9]|1\d|2[0-4])$/;
const firstFunctionKeysym = 0xffbe;

/** Keys that switch or steer the terminal's own input method, or its locks: they stay on the terminal. */
const localKeys: ReadonlySet<string> = new Set([
  "Process",
  "Dead",
  "Unidentified",
  "Zenkaku",
  "Hankaku",
  "ZenkakuHankaku",
  "KanjiMode",
  "KanaMode",
  "Hiragana",
  "Katakana",
  "HiraganaKatakana",
  "Romaji",
  "Alphanumeric",
  "Eisu",
  "Convert",
  "NonConvert",
  "ModeChange",
  "HangulMode",
  "HanjaMode",
  "JunjaMode",
  "FinalMode",
  "Compose",
  "GroupNext",
  "GroupPrevious",
  // The case of a letter arrives with its keysym; a lock pressed on both sides would undo itself.
  "CapsLock",
  "NumLock",
  "ScrollLock",
  // Full screen belongs to the terminal's window.
  "F11",
]);

export function isLocalKey(key: string): boolean {
  return localKeys.has(key);
}

export function isPrintableAscii(key: string): boolean {
  return key.length === 1 && key >= " " && key <= "~";
}

/** The keysym of a key that travels as a key; null for everything else, which is then text or local. */
export function keysymOf(key: string, code: string): number | null {
  if (isLocalKey(key)) return null;
  // Latin-1 keysyms are the characters' own numbers.
  if (isPrintableAscii(key)) return key.charCodeAt(0);
  const variant = byCode[code];
  if (variant !== undefined && key in byKey) return variant;
  const number = functionKey.exec(key)?.[1];
  if (number !== undefined) return firstFunctionKeysym + Number(number) - 1;
  return byKey[key] ?? null;
}
