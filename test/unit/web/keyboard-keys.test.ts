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
    out: ["down ffe1 ShiftLeft", "down 41", "up ffe1 ShiftLeft", "up 41"],
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
      "down ff0d Enter",
      "down ff08 Backspace",
      "down ff09 Tab",
      "down ff1b Escape",
      "down ff52 ArrowUp",
      "down ff50 Home",
      "down ff56 PageDown",
      "down ffc2 F5",
      "down ffff Delete",
    ],
  },
  "Ctrl+A is the letter with Control held": {
    events: [down("Control", "ControlLeft", 17, ctrl), down("a", "KeyA", 65, ctrl)],
    out: ["down ffe3 ControlLeft", "down 61"],
  },
  "right-hand modifiers and the keypad's Enter are their own keys": {
    events: [
      down("Shift", "ShiftRight"),
      down("Control", "ControlRight"),
      down("Enter", "NumpadEnter"),
    ],
    out: ["down ffe2 ShiftRight", "down ffe4 ControlRight", "down ff8d NumpadEnter"],
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
    out: ["down ffe3 ControlLeft", "down 61", "up ffe3 ControlLeft", "up 61"],
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
  "F11 belongs to the terminal's window": { events: [down("F11", "F11", 122)], out: [] },
};

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

  test("no key goes down while a composition runs", () => {
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
            if (composing)
              expect(step.outputs.filter((each) => each.kind === "key" && each.down)).toEqual([]);
          }
        },
      ),
    );
  });
});
