import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type OutputType, outputTypeNames, outputTypes } from "../../../images/wire/file-words.ts";
import { cleanName, nameLimit } from "../../../orchestrator/downloads/release/clean-name.ts";

const rows: readonly (readonly [
  sentence: string,
  from: string,
  type: OutputType | undefined,
  to: string,
])[] = [
  ["an ordinary name stays", "見積書.xlsx", "xlsx", "見積書.xlsx"],
  ["capitals in a fitting extension stay", "写真.JPG", "jpeg", "写真.JPG"],
  ["a macro document gets the extension of what it became", "macro.docm", "docx", "macro.docx"],
  ["a lying extension is mended", "間取り.jpg", "png", "間取り.png"],
  ["an archive is what it became", "資料.lzh", "zip", "資料.zip"],
  ["a mail of Outlook is what it became", "件名.msg", "eml", "件名.eml"],
  ["a name without extension gets one", "報告", "pdf", "報告.pdf"],
  ["a dot in the name that is no extension stays", "報告書.v2", "pdf", "報告書.v2.pdf"],
  ["a program's extension inside does not read as one", "請求書.exe.pdf", "pdf", "請求書_exe.pdf"],
  [
    "the override that shows fdp.exe as exe.pdf is gone",
    "invoice\u202efdp.exe",
    "pdf",
    "invoicefdp.pdf",
  ],
  ["folders are left out", "../../etc/passwd", undefined, "passwd"],
  ["Windows folders are left out", "C:\\Users\\a\\b.txt", "text", "b.txt"],
  ["characters that Windows refuses become a line", 'a<b>:"c|?*.txt', "text", "a_b___c___.txt"],
  ["a reserved device name is not one any more", "CON.txt", "text", "_CON.txt"],
  ["a reserved name with more behind it neither", "nul.tar.pdf", "pdf", "_nul.tar.pdf"],
  ["dots and spaces at the ends go", " .hidden. . ", undefined, "hidden"],
  ["nothing left is called download", "///", "pdf", "download.pdf"],
  ["composed and decomposed kana are one", "か\u3099.txt", "text", "が.txt"],
  ["line breaks and NUL go", "a\r\nb\0.txt", "text", "ab.txt"],
  ["a CP932-only character survives", "髙﨑①.csv", "csv", "髙﨑①.csv"],
];

test.each(rows)("%s", (_sentence, from, type, to) => {
  expect(cleanName(from, type)).toBe(to);
});

describe("whatever a page calls its file", () => {
  const anyType = fc.option(fc.constantFrom(...outputTypeNames), { nil: undefined });
  const anyName = fc.oneof(
    fc.string({ unit: "binary", maxLength: 400 }),
    fc.string({ unit: "grapheme", maxLength: 400 }),
  );

  test("the name is short, visible, one component, and fits its type", () => {
    fc.assert(
      fc.property(anyName, anyType, (name, type) => {
        const clean = cleanName(name, type);
        expect(clean.length).toBeGreaterThan(0);
        expect(clean.length).toBeLessThanOrEqual(nameLimit);
        expect(clean).not.toMatch(
          /[/\\<>:"|?*]|[\u0000-\u001f\u007f\u202a-\u202e\u2066-\u2069\u200b-\u200f]/,
        );
        expect(clean).not.toMatch(/^[.\s]|[.\s]$/);
        expect(clean.isWellFormed()).toBe(true);
        if (type !== undefined) {
          const extensions: readonly string[] = outputTypes[type].extensions;
          expect(extensions).toContain(clean.split(".").at(-1)?.toLowerCase());
        }
      }),
    );
  });

  test("cleaning twice changes nothing more", () => {
    fc.assert(
      fc.property(anyName, anyType, (name, type) => {
        const once = cleanName(name, type);
        expect(cleanName(once, type)).toBe(once);
      }),
    );
  });
});
