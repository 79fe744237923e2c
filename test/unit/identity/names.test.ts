import fc from "fast-check";
import { expect, test } from "vitest";
import { normaliseName } from "../../../orchestrator/identity/names.ts";

test.each([
  ["full width is half width", "Ｙａｍａｄａ", "yamada"],
  ["case does not matter", "YaMaDa", "yamada"],
  ["spaces around it do not matter", " yamada\u3000", "yamada"],
  ["the Kelvin sign is a k", "\u212Aato", "kato"],
])("%s", (_sentence, typed, name) => {
  expect(normaliseName(typed)).toBe(name);
});

test("normalising twice changes nothing more", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (typed) => {
      expect(normaliseName(normaliseName(typed))).toBe(normaliseName(typed));
    }),
  );
});
