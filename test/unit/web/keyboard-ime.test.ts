/**
 * Event orders of input methods, replayed. The Chromium orders were recorded in the viewer's own hidden
 * field; the MS-IME ones follow what Edge on Windows sends (keydown 229 named Process, commit before keyup).
 */
import { describe, expect, test } from "vitest";
import type { KeyboardInput } from "../../../orchestrator/web/viewer/keyboard/events.ts";
import {
  blur,
  composed,
  down,
  end,
  ime,
  paste,
  replay,
  start,
  typed,
  up,
  update,
} from "./replay.ts";

const composing = { isComposing: true };

const cases: Record<string, { events: KeyboardInput[]; out: string[] }> = {
  "MS-IME: に typed, converted with Space, committed with Enter: preedit mirrored, one insert, no Enter":
    {
      events: [
        ime("KeyN", false),
        start,
        update("ｎ"),
        composed("ｎ"),
        up("n", "KeyN", 78, composing),
        ime("KeyI"),
        update("に"),
        composed("に"),
        up("i", "KeyI", 73, composing),
        ime("Space"),
        update("二"),
        composed("二", 0, 1),
        up(" ", "Space", 32, composing),
        ime("Enter"),
        update("二"),
        composed("二"),
        end("二"),
        up("Enter", "Enter", 13),
      ],
      out: [
        "compose ｎ 1-1",
        "compose に 1-1",
        "compose 二 1-1",
        "compose 二 0-1",
        "compose 二 1-1",
        "insert 二",
      ],
    },
  "MS-IME: typing on commits the candidate and starts the next composition within one key": {
    events: [
      start,
      update("日本"),
      composed("日本", 0, 2),
      ime("KeyG"),
      update("日本"),
      composed("日本"),
      end("日本"),
      start,
      update("ｇ"),
      { ...composed("ｇ"), value: "日本ｇ", selectionStart: 3, selectionEnd: 3 },
      up("g", "KeyG", 71, composing),
      ime("Enter"),
      end("ｇ"),
      up("Enter", "Enter", 13),
    ],
    out: [
      "compose 日本 2-2",
      "compose 日本 0-2",
      "compose 日本 2-2",
      "insert 日本",
      "compose ｇ 1-1",
      "insert ｇ",
    ],
  },
  "Chromium: a composition given up with Escape empties the preedit and inserts nothing": {
    events: [
      ime("KeyK", false),
      start,
      update("かな"),
      composed("かな"),
      ime("Escape"),
      update(""),
      composed(""),
      end(""),
      up("Escape", "Escape", 27),
    ],
    out: ["compose かな 2-2", "compose  0-0"],
  },
  "a composition that ends empty without a last update still takes its preedit away": {
    events: [start, update("かな"), composed("かな"), end("")],
    out: ["compose かな 2-2", "compose  0-0"],
  },
  "a composition that never showed anything says nothing": { events: [start, end("")], out: [] },
  "Chromium: Input.insertText during a composition (recorded)": {
    events: [
      start,
      update("に"),
      composed("に"),
      update("にほんご"),
      composed("にほんご"),
      update("日本語"),
      composed("日本語", 0, 3),
      update("日本語"),
      composed("日本語"),
      end("日本語"),
    ],
    out: [
      "compose に 1-1",
      "compose にほんご 4-4",
      "compose 日本語 3-3",
      "compose 日本語 0-3",
      "compose 日本語 3-3",
      "insert 日本語",
    ],
  },
  "MS-IME: 変換 composes over what was committed last, and the page's copy of it goes first": {
    events: [
      start,
      update("橋"),
      composed("橋"),
      end("橋"),
      start,
      update("を"),
      { ...composed("を"), value: "橋を", selectionStart: 2, selectionEnd: 2 },
      end("を"),
      ime("Convert", false),
      update("端を"),
      composed("端を", 0, 1),
      end("端を"),
    ],
    out: [
      "compose 橋 1-1",
      "insert 橋",
      "compose を 1-1",
      "insert を",
      ...["down ff08", "up ff08", "down ff08", "up ff08"],
      "compose 端を 0-1",
      "insert 端を",
    ],
  },
  "after a key that moves the caret nothing is taken back": {
    events: [
      start,
      update("橋"),
      composed("橋"),
      end("橋"),
      down("ArrowLeft", "ArrowLeft", 37),
      up("ArrowLeft", "ArrowLeft", 37),
      start,
      update("端"),
      composed("端"),
      end("端"),
    ],
    out: ["compose 橋 1-1", "insert 橋", "down ff51", "up ff51", "compose 端 1-1", "insert 端"],
  },
  "an input event that repeats the committed text is not a second insert": {
    events: [
      start,
      update("漢字"),
      composed("漢字"),
      end("漢字"),
      typed("漢字", "insertCompositionText"),
    ],
    out: ["compose 漢字 2-2", "insert 漢字"],
  },
  "the same repeated as insertText is not a second insert either": {
    events: [start, update("漢字"), end("漢字"), typed("漢字")],
    out: ["compose 漢字 2-2", "insert 漢字"],
  },
  "but the same word composed again is": {
    events: [start, update("山"), end("山"), typed("山"), start, update("山"), end("山")],
    out: ["compose 山 1-1", "insert 山", "compose 山 1-1", "insert 山"],
  },
  "after a commit the next key counts anew: the same character typed directly is inserted": {
    events: [start, update("あ"), end("あ"), down("あ", "Digit3", 51), typed("あ")],
    out: ["compose あ 1-1", "insert あ", "insert あ"],
  },
  "MS-IME: the full-width space outside a composition arrives as text": {
    events: [ime("Space", false), typed("　"), up(" ", "Space", 32)],
    out: ["insert 　"],
  },
  "characters beyond the BMP arrive whole": {
    events: [typed("𠮷野家😀")],
    out: ["insert 𠮷野家😀"],
  },
  "keys that steer the input method stay on the terminal": {
    events: [
      down("Zenkaku", "Backquote", 243),
      up("Zenkaku", "Backquote", 243),
      down("Convert", "Convert", 28),
      down("NonConvert", "NonConvert", 29),
      down("Hiragana", "KanaMode", 242),
      down("KanjiMode", "KanjiMode", 25),
    ],
    out: [],
  },
  "arrows and Backspace inside a composition are the input method's": {
    events: [
      start,
      update("にほん"),
      composed("にほん"),
      ime("ArrowLeft"),
      composed("にほん", 2, 2),
      up("ArrowLeft", "ArrowLeft", 37, composing),
      ime("Backspace"),
      update("にん"),
      composed("にん", 1, 1),
      up("Backspace", "Backspace", 8, composing),
    ],
    out: ["compose にほん 3-3", "compose にほん 2-2", "compose にん 2-2", "compose にん 1-1"],
  },
  "a key held since before the composition is released during it": {
    events: [
      down("Shift", "ShiftLeft", 16),
      ime("KeyA", false),
      start,
      up("Shift", "ShiftLeft", 16, composing),
    ],
    out: ["down ffe1", "up ffe1"],
  },
  "kana layout without an input method: a single kana is text, not a key": {
    events: [down("ち", "KeyA", 65), typed("ち"), up("ち", "KeyA", 65)],
    out: ["insert ち"],
  },
  "a dead key waits for its character": {
    events: [down("Dead", "Quote", 222), down("é", "KeyE", 69), typed("é"), up("é", "KeyE", 69)],
    out: ["insert é"],
  },
};

describe("what an input method does becomes", () => {
  for (const [sentence, { events, out }] of Object.entries(cases)) {
    test(sentence, () => {
      expect(replay(events).out).toEqual(out);
    });
  }

  test("no key of the input method is taken from the browser", () => {
    const events = [
      ime("KeyN", false),
      start,
      update("に"),
      composed("に"),
      ime("Enter"),
      end("に"),
    ];
    expect(replay(events).prevented).toEqual(events.map(() => false));
  });

  test("a preedit longer than the contract allows is cut without halving a character", () => {
    const [message] = replay([start, update(`${"あ".repeat(999)}😀`)]).out;
    expect(message).toBe(`compose ${"あ".repeat(999)} 999-999`);
  });

  test("losing the field within a composition leaves the commit to the input method", () => {
    expect(replay([start, update("か"), blur, end("か")]).out).toEqual([
      "compose か 1-1",
      "insert か",
    ]);
  });
});

describe("pasting", () => {
  const ctrlV = [
    down("Control", "ControlLeft", 17, { ctrl: true }),
    down("v", "KeyV", 86, { ctrl: true }),
  ];
  const ctrlC = [
    down("Control", "ControlLeft", 17, { ctrl: true }),
    down("c", "KeyC", 67, { ctrl: true }),
    up("c", "KeyC", 67, { ctrl: true }),
    up("Control", "ControlLeft", 17),
  ];
  const control = "down ffe3";
  const copied = [control, "down 63", "up 63", "up ffe3"];

  test("Ctrl+V inserts the terminal's text; V itself is not sent and the browser may fire its paste", () => {
    const { out, prevented } = replay([
      ...ctrlV,
      paste("端末の文字\r\n二行目"),
      up("v", "KeyV", 86, { ctrl: true }),
    ]);
    expect(out).toEqual([control, "paste 端末の文字\n二行目"]);
    expect(prevented).toEqual([true, false, true, false]);
  });

  test("after a copy inside the page, Ctrl+V pastes there: the last copy wins", () => {
    expect(replay([...ctrlC, ...ctrlV, paste("古い")]).out).toEqual([
      ...copied,
      control,
      "down 76",
      "up 76",
    ]);
  });

  test("after a copy inside the page and a visit elsewhere, a changed terminal clipboard wins", () => {
    expect(replay([...ctrlC, blur, ...ctrlV, paste("新しい")]).out).toEqual([
      ...copied,
      control,
      "paste 新しい",
    ]);
  });

  test("after a copy inside the page and a visit elsewhere, an unchanged terminal clipboard does not", () => {
    const { out } = replay([paste("同じ"), ...ctrlC, blur, ...ctrlV, paste("同じ")]);
    expect(out).toEqual(["paste 同じ", ...copied, control, "down 76", "up 76"]);
  });

  test("a picture in the terminal's clipboard pastes nothing, not the words that were pasted before it", () => {
    const { out } = replay([paste("前の言葉"), blur, ...ctrlV, paste("", true)]);
    expect(out).toEqual(["paste 前の言葉", control, "not text"]);
  });

  test("after a visit elsewhere a picture there is newer than a copy inside the page, until the next copy", () => {
    const { out } = replay([...ctrlC, blur, paste("", true), ...ctrlC, paste("", true)]);
    const pasted = ["down ffe3", "down 76", "up 76", "up ffe3"];
    expect(out).toEqual([...copied, "not text", ...copied, ...pasted]);
  });

  test("a paste from a menu, without Ctrl held, brings its own Ctrl to the page's clipboard", () => {
    expect(replay([...ctrlC, paste("")]).out).toEqual([
      ...copied,
      "down ffe3",
      "down 76",
      "up 76",
      "up ffe3",
    ]);
  });

  test("more than the contract allows is cut and said", () => {
    const { out } = replay([paste("あ".repeat(100_001))]);
    expect(out).toEqual([`paste ${"あ".repeat(100_000)}`, "cut 100000"]);
  });
});
