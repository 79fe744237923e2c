import { describe, expect, it } from "vitest";
import { codecOf } from "../../../orchestrator/web/viewer/h264.ts";
import { scanCodeOf } from "../../../orchestrator/web/viewer/scan-codes.ts";

describe("the codec of a video", () => {
  it("is in its first parameter set, wherever that stands", () => {
    const delimiter = [0, 0, 0, 1, 9, 0xf0];
    const parameters = [0, 0, 0, 1, 0x67, 0x42, 0xc0, 0x1f, 0xda];
    expect(codecOf(new Uint8Array([...delimiter, ...parameters]))).toBe("avc1.42c01f");
    expect(codecOf(new Uint8Array(parameters))).toBe("avc1.42c01f");
  });

  it.each<[string, number[]]>([
    ["nothing", []],
    ["a picture alone", [0, 0, 0, 1, 0x65, 1, 2, 3, 4]],
    ["a cut parameter set", [0, 0, 1, 0x67, 0x42]],
  ])("is not in %s", (_name, bytes) => {
    expect(() => codecOf(new Uint8Array(bytes))).toThrow("parameters");
  });
});

/** IBM PC/AT set 1, a key of each row of the table. */
it.each([
  ["Escape", 0x01],
  ["Digit0", 0x0b],
  ["Backspace", 0x0e],
  ["BracketRight", 0x1b],
  ["Enter", 0x1c],
  ["Backquote", 0x29],
  ["ShiftRight", 0x36],
  ["Space", 0x39],
  ["F10", 0x44],
  ["Numpad9", 0x49],
  ["NumpadDecimal", 0x53],
  ["F12", 0x58],
  ["KanaMode", 0x70],
  ["Convert", 0x79],
  ["NonConvert", 0x7b],
  ["IntlYen", 0x7d],
  ["ControlRight", 0xe01d],
  ["AltRight", 0xe038],
  ["Home", 0xe047],
  ["PageUp", 0xe049],
  ["ArrowRight", 0xe04d],
  ["Delete", 0xe053],
  ["ContextMenu", 0xe05d],
  ["LaunchApp1", 0],
  ["constructor", 0],
])("the scan code of %s is %i", (code, expected) => {
  expect(scanCodeOf(code)).toBe(expected);
});
