import { describe, expect, test } from "vitest";
import { encodeCp932 } from "../../../practice/samples/cp932.ts";
import { run } from "./run.ts";

const japanese = "防災計画の見直しについて（案）";
const hex = (text: string): Buffer => Buffer.from(text.replaceAll(" ", ""), "hex");
/** 日本語のテキスト, in each of the old encodings. */
const eucJp = hex("c6fccbdcb8eca4cea5c6a5ada5b9a5c80a");
const iso2022 = hex("1b2442467c4b5c386c244e2546252d25392548 1b28420a");

describe("text", () => {
  test.each<readonly [string, Buffer, string, string]>([
    ["UTF-8", Buffer.from(japanese), "released_as_is", "clean-text"],
    ["CP932", encodeCp932(japanese), "released_as_is", "clean-text"],
    ["EUC-JP", eucJp, "converted", "encoding-converted"],
    ["ISO-2022-JP", iso2022, "converted", "encoding-converted"],
    ["UTF-16", Buffer.from(`\ufeff${japanese}`, "utf16le"), "converted", "encoding-converted"],
  ])("in %s is %s", async (_what, bytes, verdict, reason) => {
    const { result } = await run("a.txt", bytes);
    expect([result.verdict, result.reason]).toEqual([verdict, reason]);
  });

  test.each([eucJp, iso2022])("old encodings become UTF-8 with its mark", async (bytes) => {
    const { output } = await run("a.txt", bytes);
    expect(output?.toString("utf8")).toBe("\ufeff日本語のテキスト\n");
  });
});

describe("a table", () => {
  test.each<readonly [string, string]>([
    ["=1+1,b", "'=1+1,b"],
    ["a,@SUM(A1)", "a,'@SUM(A1)"],
    ["\"=cmd|'/c calc'!A0\",x", "\"'=cmd|'/c calc'!A0\",x"],
    ["+1-2,-3", "'+1-2,-3"],
    ["a\r\n＝1,＠x", "a\r\n'＝1,'＠x"],
  ])("%j reads %j", async (before, after) => {
    const { result, output } = await run("a.csv", Buffer.from(before));
    expect(result.reason).toBe("formula-neutralised");
    expect(output?.toString("utf8")).toBe(after);
    // Neutral once is neutral: the output passes as it is.
    expect((await run("a.csv", output ?? Buffer.alloc(0))).result.verdict).toBe("released_as_is");
  });

  test.each(["-123,+45.6,-1.5\r\n", "番号,氏名\r\n1,太郎\r\n", "a,b=c,d@e\r\n"])(
    "%j stays",
    async (text) => {
      expect((await run("a.csv", encodeCp932(text))).result.verdict).toBe("released_as_is");
    },
  );

  test("in CP932 only the cell's beginning changes", async () => {
    // 予 and 十 carry bytes that look like signs.
    const { output } = await run("a.csv", encodeCp932("予十,＝1\r\n=2,表ソ\r\n"));
    expect(output?.equals(encodeCp932("予十,'＝1\r\n'=2,表ソ\r\n"))).toBe(true);
  });
});

describe("drawings that are text", () => {
  test.each<readonly [string, string, string, string]>([
    ["a.dxf", "  0\nSECTION\n  2\nENTITIES\n  0\nENDSEC\n  0\nEOF\n", "released_as_is", "dxf"],
    ["a.dxf", "  0\nSECTION\nnot a code\nx\n  0\nEOF\n", "needs_approval", "dxf"],
    [
      "a.sfc",
      "ISO-10303-21;\nHEADER;\nENDSEC;\nDATA;\n#1=A('x');\nENDSEC;\nEND-ISO-10303-21;\n",
      "released_as_is",
      "sxf",
    ],
    ["a.p21", "ISO-10303-21;\nrm -rf\n", "needs_approval", "sxf"],
  ])("%s %#", async (name, text, verdict, type) => {
    const { result } = await run(name, Buffer.from(text));
    expect([result.verdict, result.contentType]).toEqual([verdict, type]);
  });
});
