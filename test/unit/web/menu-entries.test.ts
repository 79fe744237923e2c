import { describe, expect, it } from "vitest";
import {
  type Clicked,
  menuEntries,
  type MenuSurroundings,
} from "../../../orchestrator/web/viewer/menu-entries.ts";

const nothing: Clicked = {
  x: 1,
  y: 1,
  link: false,
  image: false,
  selection: false,
  editable: false,
};
const around: MenuSurroundings = { tab: { canGoBack: true, canGoForward: false }, mayPrint: true };

/** Entries as words, a bar between groups, those that cannot be chosen in brackets. */
const words = (clicked: Partial<Clicked>, surroundings = around): string =>
  menuEntries({ ...nothing, ...clicked }, surroundings)
    .map((group) => group.map((each) => (each.disabled ? `(${each.name})` : each.name)).join(" "))
    .join(" | ");

describe("the right button's menu", () => {
  it.each<[string, Partial<Clicked>, string]>([
    ["the page", {}, "back (forward) reload | select-all | print"],
    ["a link", { link: true }, "open-link copy-link"],
    ["a picture that is a link", { link: true, image: true }, "open-link copy-link | open-image"],
    ["selected words", { selection: true }, "copy"],
    ["a field", { editable: true }, "(cut) (copy) paste | select-all"],
    [
      "a field with a selection",
      { editable: true, selection: true },
      "cut copy paste | select-all",
    ],
  ])("over %s", (_what, clicked, expected) => {
    expect(words(clicked)).toBe(expected);
  });

  it("has no entry for printing where the policy forbids it, and goes nowhere without a tab", () => {
    expect(words({}, { tab: null, mayPrint: false })).toBe("(back) (forward) reload | select-all");
  });
});
