import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { countMyNumbers, isMyNumber } from "../../../images/sandbox/search/my-number.ts";
import { makeSamples } from "../../../practice/samples/samples.ts";
import { runSearch } from "./run.ts";

/** Nobody's number; its check digit is right. */
const number = "123456789018";
const grouped = (size: number, separator: string): string =>
  (number.match(new RegExp(`.{${size}}`, "g")) ?? []).join(separator);

describe("マイナンバー in text", () => {
  test.each([
    ["in one piece", `番号は${number}です`, 1],
    ["in full width", "１２３４５６７８９０１８", 1],
    ["in fours with hyphens", grouped(4, "-"), 1],
    ["in fours with full-width hyphens and digits", "１２３４－５６７８－９０１８", 1],
    ["in fours with ideographic spaces", grouped(4, "　"), 1],
    ["one digit a box", grouped(1, " | "), 1],
    ["one digit a cell", grouped(1, "\t"), 1],
    ["two beside each other", `${number} ${number}`, 2],
    ["one a line", `${number}\n${number}`, 2],
    ["with a wrong check digit", "123456789012", 0],
    ["inside a longer number", `9${number}`, 0],
    ["a corporate number of thirteen digits", "1234567890128", 0],
    ["a telephone number", "03-1234-5678", 0],
    ["twelve zeros", "000000000000", 0],
    ["the months of a table's head", "1 2 3 4 5 6 7 8 9 10 11 12", 0],
  ])("%s", (_what, text, count) => {
    expect(countMyNumbers(text)).toBe(count);
  });

  test("exactly one last digit fits any eleven", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[1-9]\d{10}$/), (eleven) => {
        const fitting = Array.from({ length: 10 }, (_, digit) => digit).filter((digit) =>
          isMyNumber(`${eleven}${digit}`),
        );
        expect(fitting).toHaveLength(1);
      }),
    );
  });
});

describe("a file that is looked through", () => {
  test.each([
    ["CSV", "a.csv", `氏名,番号\n山田,${number}\n`],
    ["text with a keyword in pieces", "a.txt", `これは部 外\n秘です ${number}\n`],
    ["HTML", "a.html", `<!doctype html><p>${grouped(4, "<b></b>")}</p>`],
  ])("%s", async (_what, name, text) => {
    const { search } = await runSearch(name, Buffer.from(text), ["部外秘"]);
    expect(search?.myNumbers).toBe(1);
    expect(search?.keywords).toEqual(text.includes("部") ? [0] : []);
  });

  test("a document and a sheet, rebuilt", async () => {
    const samples = new Map((await makeSamples()).map((each) => [each.name, each.bytes]));
    const document = samples.get("macro.docm") ?? Buffer.alloc(0);
    const found = await runSearch("macro.docm", document, ["マクロ", "そこにない言葉"]);
    expect(found.verdict).toBe("sanitized");
    expect(found.search).toEqual({ myNumbers: 0, keywords: [0] });
    const sheet = samples.get("見積.xlsx") ?? Buffer.alloc(0);
    expect((await runSearch("a.xlsx", sheet, ["封 筒"])).search?.keywords).toEqual([0]);
  });

  test("says nothing where nothing was asked", async () => {
    expect((await runSearch("a.txt", Buffer.from(number))).search).toBeUndefined();
  });
});
