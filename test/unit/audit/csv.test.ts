import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { csvCell, csvRow } from "../../../orchestrator/audit/csv.ts";

describe("a CSV cell", () => {
  test.each([
    ["plain text stays", "hanako", "hanako"],
    ["nothing is nothing", null, ""],
    ["a number stays a number", -5, "-5"],
    ["a comma is quoted", "a,b", '"a,b"'],
    ["a quote is doubled", 'a"b', '"a""b"'],
    ["a line break inside is quoted", "a\r\nb", '"a\r\nb"'],
    ["= is neutralised", "=1+1", "'=1+1"],
    ["+ is neutralised", "+1", "'+1"],
    ["- is neutralised", "-1", "'-1"],
    ["@ is neutralised", "@SUM(A1)", "'@SUM(A1)"],
    ["TAB is neutralised", "\t=1", "'\t=1"],
    ["CR is neutralised", "\r=1", '"\'\r=1"'],
    ["LF is neutralised", "\n=1", '"\'\n=1"'],
    ["full-width = is neutralised", "＝1+1", "'＝1+1"],
    [
      "neutralised and quoted together",
      '=HYPERLINK("http://x","y")',
      '"\'=HYPERLINK(""http://x"",""y"")"',
    ],
    ["a sign further in is harmless", "a=1", "a=1"],
  ])("%s", (_sentence, value, cell) => {
    expect(csvCell(value)).toBe(cell);
  });

  test("never begins with a formula sign, quoted or not", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (value) => {
        expect(csvCell(value).replace(/^"/, "")).not.toMatch(/^[=+\-@\t\r\n＝＋－＠]/u);
      }),
    );
  });

  test("gives the text back to a reader that knows RFC 4180", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "binary" }), { minLength: 1 }), (cells) => {
        const back = readRow(csvRow(cells)).map((cell) => cell.replace(/^'/, ""));
        expect(back).toEqual(cells.map((cell) => cell.replace(/^'/, "")));
      }),
    );
  });
});

/** A reader of one CSV row by RFC 4180, written apart from the writer. */
function readRow(row: string): string[] {
  const cells: string[] = [];
  const pattern = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n$)/gy;
  for (const [, quoted, bare] of row.matchAll(pattern))
    cells.push(quoted === undefined ? (bare ?? "") : quoted.replaceAll('""', '"'));
  return cells;
}
