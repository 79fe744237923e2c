import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { encodeCp932 } from "../../../orchestrator/base/cp932.ts";

const hex = (text: string) => Buffer.from(encodeCp932(text)).toString("hex");
const back = (text: string) =>
  new TextDecoder("shift_jis", { fatal: true }).decode(encodeCp932(text));

describe("CP932", () => {
  it.each([
    ["ASCII and line ends", "A,b\r\n", "412c620d0a"],
    ["kanji and kana", "亜ア", "889f8341"],
    ["half-width katakana", "ｱ", "b1"],
    ["signs with 5C in their second byte", "表ソ", "955c835c"],
    ["NEC's Roman numerals before IBM's", "Ⅰ", "8754"],
    ["IBM's kanji by IBM's place, not by NEC's", "髙﨑", "fbfcfab1"],
    ["the not sign where Windows has it", "￢", "81ca"],
    ["wave dash and minus of other systems as Windows' own", "〜−", "8160817c"],
  ])("has %s", (_what, text, expected) => {
    expect(hex(text)).toBe(expected);
  });

  it("says which sign it has no byte for, and loses nothing beside it", () => {
    expect(back("𠮷野家😀é")).toBe("〓(U+20BB7)野家〓(U+1F600)〓(U+00E9)");
  });

  it("survives text that is no text", () => {
    expect(back("\ud800")).toBe("〓(U+D800)");
  });

  it("is read back by every decoder as what was written, but for what is said to be missing", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const read = back(text);
        const kept = Array.from(text).filter((sign) => back(sign) === sign);
        let from = 0;
        for (const sign of kept) {
          from = read.indexOf(sign, from) + sign.length;
          expect(from).toBeGreaterThanOrEqual(sign.length);
        }
      }),
    );
  });
});
