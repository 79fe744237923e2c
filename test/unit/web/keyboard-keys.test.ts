import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { KeyboardInput } from "../../../orchestrator/web/viewer/keyboard/events.ts";
import { keysymOf } from "../../../orchestrator/web/viewer/keyboard/keysyms.ts";
import { reduceKeyboard } from "../../../orchestrator/web/viewer/keyboard/reduce.ts";
import { initialKeyboardState } from "../../../orchestrator/web/viewer/keyboard/events.ts";
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

const ctrl = { ctrl: true };

const cases: Record<string, { events: KeyboardInput[]; out: string[] }> = {
  "a printable character goes by keysym without a scancode": {
    events: [down("a", "KeyA", 65), up("a", "KeyA", 65)],
    out: ["down 61", "up 61"],
  },
  "the @ of a Japanese keyboard is an @, whatever key it is on": {
    events: [down("@", "BracketLeft", 192), up("@", "BracketLeft", 192)],
    out: ["down 40", "up 40"],
  },
  "Shift released before its letter: the keysym that went down goes up": {
    events: [
      down("Shift", "ShiftLeft", 16),
      down("A", "KeyA", 65, { shift: true }),
      up("Shift", "ShiftLeft", 16),
      up("a", "KeyA", 65),
    ],
    out: ["down ffe1", "down 41", "up ffe1", "up 41"],
  },
  "Enter, Backspace, Tab, Escape and the arrows are keys": {
    events: [
      "Enter",
      "Backspace",
      "Tab",
      "Escape",
      "ArrowUp",
      "Home",
      "PageDown",
      "F5",
      "Delete",
    ].map((key) => down(key, key)),
    out: [
      "down ff0d",
      "down ff08",
      "down ff09",
      "down ff1b",
      "down ff52",
      "down ff50",
      "down ff56",
      "down ffc2",
      "down ffff",
    ],
  },
  "Ctrl+A is the letter with Control held": {
    events: [down("Control", "ControlLeft", 17, ctrl), down("a", "KeyA", 65, ctrl)],
    out: ["down ffe3", "down 61"],
  },
  "right-hand modifiers and the keypad's Enter are their own keys": {
    events: [
      down("Shift", "ShiftRight"),
      down("Control", "ControlRight"),
      down("Enter", "NumpadEnter"),
    ],
    out: ["down ffe2", "down ffe4", "down ff8d"],
  },
  "a held key repeats": {
    events: [down("x", "KeyX", 88), down("x", "KeyX", 88), up("x", "KeyX", 88)],
    out: ["down 78", "down 78", "up 78"],
  },
  "a letter that repeats as a capital lets the small one go first": {
    events: [down("a", "KeyA", 65), down("A", "KeyA", 65, { shift: true }), up("A", "KeyA", 65)],
    out: ["down 61", "up 61", "down 41", "up 41"],
  },
  "the release of a key that never went down is not sent": {
    events: [up("Enter", "Enter", 13)],
    out: [],
  },
  "leaving the viewer releases everything that is held": {
    events: [
      down("Control", "ControlLeft", 17, ctrl),
      down("a", "KeyA", 65, ctrl),
      blur,
      up("a", "KeyA", 65),
    ],
    out: ["down ffe3", "down 61", "up ffe3", "up 61"],
  },
  "locks stay on the terminal: the letter's case comes with its keysym": {
    events: [
      down("CapsLock", "CapsLock", 20),
      down("A", "KeyA", 65),
      down("NumLock", "NumLock", 144),
    ],
    out: ["down 41"],
  },
  "AltGr with a character is that character as text": {
    events: [
      down("€", "KeyE", 69, { ctrl: true, alt: true, altGraph: true }),
      typed("€"),
      down("@", "KeyQ", 81, { ctrl: true, alt: true, altGraph: true }),
      typed("@"),
    ],
    out: ["insert €", "insert @"],
  },
  "F6, Ctrl+L and Alt+D go to the address bar": {
    events: [
      down("F6", "F6", 117),
      down("l", "KeyL", 76, ctrl),
      down("d", "KeyD", 68, { alt: true }),
    ],
    out: ["shortcut address", "shortcut address", "shortcut address"],
  },
  "with Caps Lock on, Ctrl+C is still Ctrl+C and not Ctrl+Shift+C": {
    events: [down("C", "KeyC", 67, ctrl), up("C", "KeyC", 67, ctrl)],
    out: ["down 63", "up 63"],
  },
  "with Caps Lock and Shift on, Ctrl+Shift+Z is a capital": {
    events: [down("z", "KeyZ", 90, { ctrl: true, shift: true })],
    out: ["down 5a"],
  },
  "tabs and the download list are the toolbar's: their keys are answered by the viewer": {
    events: [
      down("t", "KeyT", 84, ctrl),
      down("w", "KeyW", 87, ctrl),
      down("W", "KeyW", 87, ctrl),
      down("F4", "F4", 115, ctrl),
      down("Tab", "Tab", 9, ctrl),
      down("Tab", "Tab", 9, { ctrl: true, shift: true }),
      down("PageDown", "PageDown", 34, ctrl),
      down("PageUp", "PageUp", 33, ctrl),
      down("j", "KeyJ", 74, ctrl),
    ],
    out: [
      "shortcut new-tab",
      "shortcut close-tab",
      "shortcut close-tab",
      "shortcut close-tab",
      "shortcut next-tab",
      "shortcut previous-tab",
      "shortcut next-tab",
      "shortcut previous-tab",
      "shortcut downloads",
    ],
  },
  "a page goes to the printer, a closed tab comes back, a tab moves": {
    events: [
      down("p", "KeyP", 80, { ctrl: true }),
      down("T", "KeyT", 84, { ctrl: true, shift: true }),
      down("PageUp", "PageUp", 33, { ctrl: true, shift: true }),
      down("PageDown", "PageDown", 34, { ctrl: true, shift: true }),
    ],
    out: [
      "shortcut print",
      "shortcut reopen-tab",
      "shortcut move-tab-left",
      "shortcut move-tab-right",
    ],
  },
  "F11 belongs to the terminal's window": { events: [down("F11", "F11", 122)], out: [] },
};

const shift = { shift: true };
const alt = { alt: true };
const ctrlShift = { ctrl: true, shift: true };

const kept: Record<string, KeyboardInput[]> = {
  "developer tools and page source": [
    down("F12", "F12", 123),
    down("I", "KeyI", 73, ctrlShift),
    down("i", "KeyI", 73, ctrlShift),
    down("J", "KeyJ", 74, ctrlShift),
    down("C", "KeyC", 67, ctrlShift),
    down("u", "KeyU", 85, ctrl),
  ],
  "new windows and the end of the browser": [
    down("n", "KeyN", 78, ctrl),
    down("N", "KeyN", 78, ctrlShift),
    down("W", "KeyW", 87, ctrlShift),
    down("Q", "KeyQ", 81, ctrlShift),
    down("F4", "F4", 115, alt),
  ],
  "task manager, history, bookmarks, clearing of data, help, caret browsing": [
    down("Escape", "Escape", 27, shift),
    down("h", "KeyH", 72, ctrl),
    down("d", "KeyD", 68, ctrl),
    down("O", "KeyO", 79, ctrlShift),
    down("Delete", "Delete", 46, ctrlShift),
    down("F1", "F1", 112),
    down("F7", "F7", 118),
  ],
  "tabs by number": [down("1", "Digit1", 49, ctrl), down("9", "Digit9", 57, alt)],
};

const passed: Record<string, { event: KeyboardInput; out: string }> = {
  "Ctrl+S belongs to the page": { event: down("s", "KeyS", 83, ctrl), out: "down 73" },
  "Ctrl+K belongs to the page": { event: down("k", "KeyK", 75, ctrl), out: "down 6b" },
  "Ctrl+F finds": { event: down("f", "KeyF", 70, ctrl), out: "down 66" },
  "Alt+Left goes back": {
    event: down("ArrowLeft", "ArrowLeft", 37, alt),
    out: "down ff51",
  },
  "Escape alone is Escape": { event: down("Escape", "Escape", 27), out: "down ff1b" },
  "Shift+Tab goes to the field before": {
    event: down("Tab", "Tab", 9, shift),
    out: "down ff09",
  },
  "a digit is a digit": { event: down("1", "Digit1", 49), out: "down 31" },
};

describe("keys of the browser's own surfaces", () => {
  for (const [sentence, events] of Object.entries(kept)) {
    test(`${sentence}: sent nowhere, and kept from the terminal's browser too`, () => {
      const { out, prevented } = replay(events);
      expect(out).toEqual([]);
      expect(prevented).toEqual(events.map(() => true));
    });
  }
  for (const [sentence, { event, out }] of Object.entries(passed)) {
    test(`${sentence}, and travels`, () => {
      expect(replay([event]).out).toEqual([out]);
    });
  }
});

describe("keys outside a composition", () => {
  for (const [sentence, { events, out }] of Object.entries(cases)) {
    test(sentence, () => {
      expect(replay(events).out).toEqual(out);
    });
  }

  test("what is sent as a key is kept from the browser, so that it does not come again as text", () => {
    expect(replay([down("a", "KeyA", 65), down("Tab", "Tab", 9)]).prevented).toEqual([true, true]);
  });

  test("text in the field is emptied once it was sent", () => {
    expect(reduceKeyboard(initialKeyboardState, typed("字")).clearField).toBe(true);
  });

  test("every printable ASCII character has the keysym of its own number", () => {
    for (let code = 0x20; code <= 0x7e; code += 1) {
      expect(keysymOf(String.fromCharCode(code), "KeyA")).toBe(code);
    }
  });

  test("no character beyond ASCII becomes a keysym", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1, maxLength: 1 }), (character) => {
        fc.pre(character > "~");
        expect(keysymOf(character, "KeyA")).toBeNull();
      }),
    );
  });
});

const anyEvent: fc.Arbitrary<KeyboardInput> = fc.oneof(
  fc.constantFrom("a", "A", "Enter", "Shift", "Control", "c", "v", "あ", "F6").chain((key) =>
    fc
      .record({
        going: fc.boolean(),
        code: fc.constantFrom("K1", "K2", "K3"),
        ctrl: fc.boolean(),
      })
      .map(({ going, code, ctrl: held }) =>
        going ? down(key, code, 65, { ctrl: held }) : up(key, code, 65),
      ),
  ),
  fc.constantFrom<KeyboardInput>(
    start,
    update("か"),
    composed("か"),
    end("か"),
    end(""),
    typed("か"),
    ime("KeyK"),
    paste("x"),
    paste(""),
    paste("", true),
  ),
);

describe("whatever the order of events", () => {
  test("nothing is held on the remote side after a blur", () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 60 }), (events) => {
        const held = new Map<string, number>();
        for (const line of replay([...events, blur]).out) {
          const [what, keysym] = line.split(" ");
          if (keysym === undefined) continue;
          if (what === "down") held.set(keysym, 1);
          if (what === "up") held.delete(keysym);
        }
        // Two codes may press one keysym; the last release of either frees it.
        expect([...held.keys()]).toEqual([]);
      }),
    );
  });

  test("no key goes down while a composition runs, but the Backspace that takes text back into it", () => {
    fc.assert(
      fc.property(
        fc.array(
          anyEvent.filter((event) => event.type !== "paste"),
          { maxLength: 60 },
        ),
        (events) => {
          let composing = false;
          let state = initialKeyboardState;
          for (const event of events) {
            if (event.type === "compositionstart" || event.type === "compositionupdate")
              composing = true;
            if (event.type === "compositionend") composing = false;
            const step = reduceKeyboard(state, event);
            state = step.state;
            const pressed = step.outputs.flatMap((each) =>
              each.kind === "key" && each.down ? [each.keysym] : [],
            );
            if (composing)
              expect(pressed.filter((keysym) => keysym !== keysymOf("Backspace", ""))).toEqual([]);
          }
        },
      ),
    );
  });
});
