import { describe, expect, test } from "vitest";
import { backspacesFor, takenBack } from "../../../orchestrator/web/viewer/keyboard/kept-text.ts";

describe("what a composition has taken back of the kept text", () => {
  const cases: Record<string, [kept: string, value: string, data: string, taken: string]> = {
    "nothing when it stands behind": ["橋を", "橋をｗ", "ｗ", ""],
    "the last word when it stands over it": ["橋を", "橋お", "お", "を"],
    "all when it stands over all": ["橋を", "端お", "端お", "橋を"],
    "nothing when the field is another than remembered": ["橋を", "川お", "お", ""],
  };
  for (const [sentence, [kept, value, data, taken]] of Object.entries(cases))
    test(sentence, () => expect(takenBack(kept, value, data)).toBe(taken));
});

test("Backspace takes joined characters in one piece and others one by one", () => {
  expect(backspacesFor("買いた")).toBe(3);
  expect(backspacesFor("𠮷😀")).toBe(2);
  expect(backspacesFor("葛󠄀城👨‍👩‍👧")).toBe(3);
});
