import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { identify } from "../../../images/sandbox/identify/identify.ts";
import { extensionOf } from "../../../images/sandbox/identify/extension.ts";
import { contentTypes } from "../../../images/wire/file-words.ts";
import { defaultSandboxLimits } from "../../../images/wire/sandbox-limits.ts";
import { encodeCp932 } from "../../../practice/samples/cp932.ts";
import { macroDocument, packageOf } from "../../../practice/samples/office.ts";
import { plainZip } from "../../../practice/samples/plain-zip.ts";
import { compoundFile } from "../../support/compound-file.ts";
import { run } from "./run.ts";

const latin = (text: string): Buffer => Buffer.from(text, "latin1");
const padded = (text: string): Buffer => Buffer.concat([latin(text), Buffer.alloc(600, 1)]);

/** A compound file with one directory sector that holds these names. */
function compound(...names: string[]): Buffer {
  const bytes = Buffer.alloc(512 * 3, 0xff);
  bytes.fill(0, 0, 512);
  latin("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1").copy(bytes);
  bytes.writeUInt16LE(9, 30);
  bytes.writeUInt32LE(1, 48);
  bytes.writeUInt32LE(0, 76);
  bytes.writeUInt32LE(0xfffffffe, 512 + 4);
  bytes.fill(0, 1024);
  for (const [index, name] of names.entries()) {
    bytes.write(name, 1024 + index * 128, "utf16le");
    bytes.writeUInt16LE(name.length * 2 + 2, 1024 + index * 128 + 64);
  }
  return bytes;
}

const rows: readonly (readonly [sentence: string, name: string, bytes: Buffer, type: string])[] = [
  ["nothing", "a.txt", Buffer.alloc(0), "empty"],
  ["a Linux program", "a.pdf", padded("\x7fELF"), "executable"],
  ["a Windows program", "請求書.pdf", padded("MZ"), "executable"],
  ["a Java class", "a.png", padded("\xca\xfe\xba\xbe"), "executable"],
  ["a shortcut", "a.doc", padded("L\0\0\0\x01\x14\x02\0"), "executable"],
  ["a shell script", "a.txt", latin("#!/bin/sh\nrm -r x\n"), "script"],
  ["a PDF", "a.pdf", padded("%PDF-1.4\n"), "pdf"],
  ["a PDF behind rubbish", "a.pdf", padded("xx\n%PDF-1.4\n"), "pdf"],
  ["a JPEG", "a.png", padded("\xff\xd8\xff\xe0"), "jpeg"],
  ["a WebP", "a", padded("RIFF\x10\0\0\0WEBP"), "webp"],
  ["a film", "a.mp4", padded("\0\0\0\x18ftypmp42"), "media"],
  ["an iPhone picture", "a.jpg", padded("\0\0\0\x18ftypheic"), "heif"],
  ["a docm", "a.docm", macroDocument(), "docx"],
  [
    "an add-in package",
    "a.xlam",
    packageOf(
      { "x.xml": "application/vnd.ms-excel.addin.macroEnabled.main+xml" },
      { "x.xml": "<x/>" },
    ),
    "opc",
  ],
  [
    "an ODF text",
    "a.odt",
    plainZip([{ name: "mimetype", data: latin("application/vnd.oasis.opendocument.text") }]),
    "odt",
  ],
  ["a zip", "a.zip", plainZip([{ name: "a.txt", data: latin("a") }]), "zip"],
  [
    "a password Word file",
    "a.docx",
    compound("Root Entry", "EncryptionInfo", "EncryptedPackage"),
    "office-encrypted",
  ],
  ["an old Word file", "a.doc", compound("Root Entry", "WordDocument"), "doc"],
  ["an old Excel file", "a.xls", compound("Root Entry", "Workbook"), "xls"],
  [
    "an installer, a compound file of unknown streams",
    "a.msi",
    compound("Root Entry", "!x"),
    "cfb",
  ],
  ["LZH", "a.lzh", padded("\x21\x4a-lh5-"), "lzh"],
  ["an ISO image", "a.iso", Buffer.concat([Buffer.alloc(0x8001), latin("CD001")]), "disk-image"],
  ["Japanese text in UTF-8", "a.txt", Buffer.from("離れ\n"), "text"],
  ["Japanese text in CP932", "a.txt", encodeCp932("離れ\r\n"), "text"],
  ["a table", "a.csv", Buffer.from("a,b\n"), "csv"],
  ["HTML that calls itself text", "a.txt", latin("\n <HTML><script>"), "html"],
  ["SVG", "a.png", latin("<svg onload='x'/>"), "svg"],
  ["mail", "a.txt", latin("MIME-Version: 1.0\n\n"), "mail"],
  ["a web query", "a.txt", latin("WEB\n1\nhttp://x/\n"), "script"],
  ["an internet shortcut", "a.txt", latin("[InternetShortcut]\nURL=file:///x\n"), "script"],
  ["text with NUL", "a.txt", latin("a\0b"), "unknown"],
  ["text with a direction override", "a.txt", Buffer.from("a\u202eb"), "unknown"],
  ["noise", "a.docx", Buffer.from("8f9effc0010203", "hex"), "unknown"],
];

test.each(rows)("%s is known by its bytes", (_sentence, name, bytes, type) => {
  expect(identify(bytes, extensionOf(name), defaultSandboxLimits)).toBe(type);
});

test.each<readonly [string, string, Buffer, string, readonly string[]]>([
  [
    "a document that is called a picture",
    "写真.png",
    macroDocument(),
    "docx",
    ["extension-mismatch"],
  ],
  [
    "a page that is called a PDF",
    "a.pdf",
    latin("<!doctype html><p>a"),
    "html",
    ["extension-mismatch"],
  ],
  ["a document by its own name", "文書.docm", macroDocument(), "docx", []],
])("%s: the content decides, and the record says where the name does not fit", async (...row) => {
  const [, name, bytes, type, warnings] = row;
  const { result } = await run(name, bytes);
  expect([result.output?.type ?? result.asIs, result.warnings]).toEqual([type, warnings]);
});

test.each<readonly [string, Readonly<Record<string, Buffer>>, string]>([
  [
    "a workbook that holds a document",
    { "MBD00000001/WordDocument": latin("x"), Workbook: latin("y") },
    "xls",
  ],
  [
    "a document that holds a workbook",
    { "ObjectPool/_1/Workbook": latin("x"), WordDocument: latin("y") },
    "doc",
  ],
  ["a workbook whose names are in capitals", { WORKBOOK: latin("x") }, "xls"],
  [
    "a locked document whose names are in capitals",
    { ENCRYPTIONINFO: latin("x") },
    "office-encrypted",
  ],
  ["a folder of something else", { "a/WordDocument": latin("x") }, "cfb"],
])("%s is what lies at its top", (_what, streams, type) => {
  expect(identify(compoundFile(streams), "", defaultSandboxLimits)).toBe(type);
});

describe("refusals by type", () => {
  test.each([
    [
      "an executable's extension on harmless text",
      "notes.bat",
      Buffer.from("hello\n"),
      "blocked",
      "executable-extension",
    ],
    ["an unknown type", "a.docx", Buffer.from("8f9effc0010203", "hex"), "blocked", "unknown-type"],
    [
      "a directory that names a Word document and has none",
      "a.doc",
      compound("Root Entry", "WordDocument"),
      "blocked",
      "damaged",
    ],
    [
      "a protected Word file",
      "a.docx",
      compound("Root Entry", "EncryptedPackage"),
      "needs_password",
      "password-required",
    ],
    [
      "a disk image",
      "a.bin2",
      Buffer.concat([Buffer.alloc(0x8001), latin("CD001")]),
      "blocked",
      "executable",
    ],
    [
      "a table with negative numbers passes",
      "a.csv",
      Buffer.from("a,-12.5\n-3,+4\n"),
      "released_as_is",
      "clean-text",
    ],
  ])("%s", async (_sentence, name, bytes, verdict, reason) => {
    const { result, output } = await run(name, bytes);
    expect([result.verdict, result.reason]).toEqual([verdict, reason]);
    expect(output).toBeUndefined();
  });

  test("whatever the bytes, the answer is a known type and nothing throws", () => {
    const starts = fc.constantFrom(
      "",
      "PK\x03\x04",
      "MZ",
      "%PDF-",
      "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
      "RIFF",
      "<",
    );
    fc.assert(
      fc.property(starts, fc.uint8Array({ maxLength: 2000 }), (start, rest) => {
        const type = identify(Buffer.concat([latin(start), rest]), "", defaultSandboxLimits);
        expect(contentTypes).toContain(type);
      }),
    );
  });
});
