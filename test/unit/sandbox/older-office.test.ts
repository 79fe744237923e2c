/** Documents of older formats before LibreOffice sees them: which filter, locked or not, and what they carry. */
import { describe, expect, test } from "vitest";
import { Refusal } from "../../../images/sandbox/context.ts";
import { type OlderType, olderFacts } from "../../../images/sandbox/office/older.ts";
import { inputFilters, outputFilter } from "../../../images/office/filters.ts";
import { officeKinds } from "../../../images/wire/office.ts";
import { compoundFile } from "../../support/compound-file.ts";
import { run } from "./run.ts";

function word(version: number, flags = 0): Buffer {
  const fib = Buffer.alloc(64);
  fib.writeUInt16LE(0xa5ec, 0);
  fib.writeUInt16LE(version, 2);
  fib.writeUInt16LE(flags, 10);
  return fib;
}

const record = (id: number, ...data: number[]): Buffer => {
  const head = Buffer.alloc(4);
  head.writeUInt16LE(id, 0);
  head.writeUInt16LE(data.length, 2);
  return Buffer.concat([head, Buffer.from(data)]);
};
const bof = record(0x0809, 0, 6, 5, 0);
const endOfGlobals = record(0x0a);
const filePass = record(0x2f, 1, 0);

const user = (token: number): Buffer => {
  const atom = Buffer.alloc(20);
  atom.writeUInt32LE(token, 12);
  return atom;
};
const vbaInfo = Buffer.from("02000004" + "0c000000" + "01000000" + "01000000" + "02000000", "hex");

describe("what the structure says", () => {
  test.each<readonly [string, OlderType, Buffer, object]>([
    [
      "a document of Word 97",
      "doc",
      compoundFile({ WordDocument: word(193) }),
      { kind: "word97", locked: false, removed: [] },
    ],
    [
      "one of Word 95",
      "doc",
      compoundFile({ WordDocument: word(104) }),
      { kind: "word95", locked: false, removed: [] },
    ],
    [
      "one of Word 6",
      "doc",
      compoundFile({ WordDocument: word(101) }),
      { kind: "word6", locked: false, removed: [] },
    ],
    [
      "one behind a password",
      "doc",
      compoundFile({ WordDocument: word(193, 0x0100) }),
      { kind: "word97", locked: true, removed: [] },
    ],
    [
      "one with macros and an object",
      "doc",
      compoundFile({
        WordDocument: word(193),
        "VBA/dir": Buffer.from("x"),
        "ObjectPool/a": Buffer.from("x"),
      }),
      { kind: "word97", locked: false, removed: ["macro", "embedded-object"] },
    ],
    [
      "a workbook",
      "xls",
      compoundFile({ Workbook: Buffer.concat([bof, endOfGlobals, filePass]) }),
      { kind: "excel97", locked: false, removed: [] },
    ],
    [
      "a locked workbook of Excel 95",
      "xls",
      compoundFile({ Book: Buffer.concat([bof, filePass, endOfGlobals]) }),
      { kind: "excel95", locked: true, removed: [] },
    ],
    [
      "slides whose macros lie in their own stream",
      "ppt",
      compoundFile({ "PowerPoint Document": Buffer.concat([Buffer.alloc(30), vbaInfo]) }),
      { kind: "powerpoint97", locked: false, removed: ["macro"] },
    ],
    [
      "locked slides",
      "ppt",
      compoundFile({ "Current User": user(0xf3d1c4df), "PowerPoint Document": Buffer.alloc(8) }),
      { kind: "powerpoint97", locked: true, removed: [] },
    ],
    [
      "RTF with an object",
      "rtf",
      Buffer.from("{\\rtf1{\\object\\objemb{\\*\\objdata 0105}}}"),
      { kind: "rtf", locked: false, removed: ["embedded-object"] },
    ],
    [
      "XML of Excel 2003",
      "office-xml",
      Buffer.from('<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook/>'),
      { kind: "excel-xml", locked: false, removed: [] },
    ],
    [
      "a flat package, which nothing reads",
      "office-xml",
      Buffer.from('<?xml version="1.0"?><?mso-application progid="Word.Document"?><pkg:package/>'),
      { kind: undefined, locked: false, removed: [] },
    ],
  ])("%s", (_what, type, bytes, expected) => {
    expect(olderFacts(type, bytes)).toEqual(expected);
  });

  test("a workbook whose records lead out of it is no workbook that hangs", () => {
    const bytes = compoundFile({ Workbook: Buffer.concat([bof, Buffer.alloc(5)]) });
    expect(olderFacts("xls", bytes).locked).toBe(false);
  });

  test("a document without its first block is damaged", () => {
    const bytes = compoundFile({ WordDocument: Buffer.alloc(4) });
    expect(() => olderFacts("doc", bytes)).toThrow(Refusal);
  });
});

test("every kind has a filter to read it and one to write what becomes of it", () => {
  for (const kind of officeKinds) {
    expect(inputFilters[kind].filter).not.toBe("");
    expect(outputFilter(kind)).not.toBe("");
  }
});

describe("without LibreOffice", () => {
  test("an older document is held", async () => {
    const { result, output } = await run("a.rtf", Buffer.from("{\\rtf1 a}"));
    expect([result.verdict, result.reason, output]).toEqual([
      "needs_approval",
      "no-engine",
      undefined,
    ]);
  });

  test("one that says it is locked and has no lock is damaged, and LibreOffice is not asked", async () => {
    const bytes = compoundFile({ WordDocument: word(193, 0x0100) });
    const { result } = await run("a.doc", bytes);
    expect([result.verdict, result.reason]).toEqual(["blocked", "damaged"]);
  });
});
