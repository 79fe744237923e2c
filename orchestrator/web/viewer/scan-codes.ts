/**
 * PC set 1 scan codes (the "XT" codes of the QEMU extended key event) by KeyboardEvent.code: which key of
 * the keyboard it was, beside what it means. Facts of the PC/AT keyboard; two-byte codes have 0xe0 on top.
 * Pure table; a key that is not in it goes by its meaning alone.
 */
const rows: readonly (readonly [first: number, codes: string])[] = [
  [
    0x01,
    "Escape Digit1 Digit2 Digit3 Digit4 Digit5 Digit6 Digit7 Digit8 Digit9 Digit0 Minus Equal",
  ],
  [
    0x0e,
    "Backspace Tab KeyQ KeyW KeyE KeyR KeyT KeyY KeyU KeyI KeyO KeyP BracketLeft BracketRight",
  ],
  [
    0x1c,
    "Enter ControlLeft KeyA KeyS KeyD KeyF KeyG KeyH KeyJ KeyK KeyL Semicolon Quote Backquote",
  ],
  [0x2a, "ShiftLeft Backslash KeyZ KeyX KeyC KeyV KeyB KeyN KeyM Comma Period Slash ShiftRight"],
  [0x37, "NumpadMultiply AltLeft Space CapsLock F1 F2 F3 F4 F5 F6 F7 F8 F9 F10 NumLock ScrollLock"],
  [0x47, "Numpad7 Numpad8 Numpad9 NumpadSubtract Numpad4 Numpad5 Numpad6 NumpadAdd"],
  [0x4f, "Numpad1 Numpad2 Numpad3 Numpad0 NumpadDecimal"],
  [0x56, "IntlBackslash F11 F12"],
  [0x70, "KanaMode"],
  [0x73, "IntlRo"],
  [0x79, "Convert"],
  [0x7b, "NonConvert"],
  [0x7d, "IntlYen"],
  [0xe01c, "NumpadEnter ControlRight"],
  [0xe035, "NumpadDivide"],
  [0xe037, "PrintScreen AltRight"],
  [0xe047, "Home ArrowUp PageUp"],
  [0xe04b, "ArrowLeft"],
  [0xe04d, "ArrowRight"],
  [0xe04f, "End ArrowDown PageDown Insert Delete"],
  [0xe05b, "MetaLeft MetaRight ContextMenu"],
];

const byCode = new Map(
  rows.flatMap(([first, codes]) => codes.split(" ").map((code, at) => [code, first + at] as const)),
);

/** 0 for a key that is not known. */
export function scanCodeOf(code: string): number {
  return byCode.get(code) ?? 0;
}
