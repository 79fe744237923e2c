import { describe, expect, it } from "vitest";
import { plainTitle, toTab } from "../../../orchestrator/gateway/views.ts";

describe("a title from outside", () => {
  const cases: Record<string, [string, string]> = {
    "stays as it is when it is words": ["自治体 DX｜𠮷野家 👨‍👩‍👧", "自治体 DX｜𠮷野家 👨‍👩‍👧"],
    "keeps its markup as text": ["<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>"],
    "does not turn the words around it": ["a\u202egnp.exe\u2066b\u2069", "agnp.exeb"],
    "has one line": ["a\r\nb\u2028c\u0000d", "a b c d"],
    "is well-formed": ["a\ud800b", "a\ufffdb"],
  };
  for (const [sentence, [untrusted, shown]] of Object.entries(cases))
    it(sentence, () => expect(plainTitle(untrusted)).toBe(shown));

  it("is cleaned on its way to the terminal", () => {
    const tab = {
      id: 1,
      title: "\u202eabc",
      url: "https://www.example.jp/",
      loading: false,
      canGoBack: false,
      canGoForward: false,
    };
    expect(toTab(tab, () => undefined).title).toBe("abc");
  });
});
