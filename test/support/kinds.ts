/** A small file of each kind that people download, made here; what is in it that must not leave says `evil`. */
import { gzipSync } from "node:zlib";
import { encodeCp932 } from "../../practice/samples/cp932.ts";
import { officeRelation, packageOf, relations } from "../../practice/samples/office.ts";
import { plainZip } from "../../practice/samples/plain-zip.ts";
import { compoundFile } from "./compound-file.ts";
import { cabOf, lzhOf, rarOf } from "./old-archives.ts";
import { tarOf } from "./tar.ts";

const wide = (text: string): Buffer => Buffer.from(text, "utf16le");
const base64 = (bytes: Buffer): string => bytes.toString("base64");
const lines = (...each: readonly string[]): Buffer => Buffer.from(each.join("\r\n"));
const text = (value: string): Buffer => Buffer.from(value);

/** A mail in Outlook's own format, with a table attached. */
export const msg = (): Buffer =>
  compoundFile({
    "__properties_version1.0": Buffer.alloc(32),
    "__substg1.0_0037001F": wide("件名"),
    "__substg1.0_1000001F": wide("本文です"),
    "__attach_version1.0_#00000000/__substg1.0_3707001F": wide("表.csv"),
    "__attach_version1.0_#00000000/__substg1.0_37010102": text("a,=1+1\n"),
  });

export function eml(name: string, attachment: Buffer): Buffer {
  return lines(
    "From: a@example.jp",
    "Subject: =?ISO-2022-JP?B?GyRCN28bKEI=?=",
    "MIME-Version: 1.0",
    'Content-Type: multipart/mixed; boundary="b"',
    ...["", "--b", "Content-Type: text/html; charset=utf-8", ""],
    '<p>本文<script>evil()</script></p><img src="http://evil/">',
    ...["--b", "Content-Type: application/octet-stream", "Content-Transfer-Encoding: base64"],
    ...[`Content-Disposition: attachment; filename="${name}"`, "", base64(attachment), "--b--", ""],
  );
}

/** A page packed with its picture. */
export const mht = (png: Buffer): Buffer =>
  lines(
    ...["MIME-Version: 1.0", 'Content-Type: multipart/related; boundary="b"', "", "--b"],
    ...["Content-Type: text/html; charset=utf-8", ""],
    '<html><body onload="evil()">本文<img src="http://x/a.png"></body></html>',
    ...["--b", "Content-Type: image/png", "Content-Transfer-Encoding: base64"],
    ...["Content-Location: http://x/a.png", "", base64(png), "--b--", ""],
  );

export const svg = (): Buffer =>
  text(
    '<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><script>evil()</script><rect width="40" height="20" fill="red" onclick="evil()"/></svg>',
  );

const main = "officeDocument";
const spreadsheet = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const drawing = "http://schemas.openxmlformats.org/drawingml/2006/main";
const presentation = "http://schemas.openxmlformats.org/presentationml/2006/main";
const office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const formats = "application/vnd.openxmlformats-officedocument";
const evilLink = {
  ...{ id: "r9", type: `${office}/attachedTemplate` },
  ...{ target: "http://evil/a.dotm", external: true },
};

/** A template of Word that fetches another one when it is opened. */
export const dotx = (): Buffer =>
  packageOf(
    { "word/document.xml": `${formats}.wordprocessingml.template.main+xml` },
    {
      "_rels/.rels": relations([officeRelation("r1", main, "word/document.xml")]),
      "word/_rels/document.xml.rels": relations([evilLink]),
      "word/document.xml": `<w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>様式第一号</w:t></w:r></w:p></w:body></w:document>`,
    },
  );

export const xltx = (): Buffer =>
  packageOf(
    {
      "xl/workbook.xml": `${formats}.spreadsheetml.template.main+xml`,
      "xl/worksheets/sheet1.xml": `${formats}.spreadsheetml.worksheet+xml`,
    },
    {
      "_rels/.rels": relations([officeRelation("r1", main, "xl/workbook.xml")]),
      "xl/_rels/workbook.xml.rels": relations([
        officeRelation("r1", "worksheet", "worksheets/sheet1.xml"),
      ]),
      "xl/workbook.xml": `<workbook xmlns="${spreadsheet}" xmlns:r="${office}"><sheets><sheet name="集計" sheetId="1" r:id="r1"/></sheets></workbook>`,
      "xl/worksheets/sheet1.xml": `<worksheet xmlns="${spreadsheet}"><sheetData><row r="1"><c t="inlineStr"><is><t>合計</t></is></c></row></sheetData></worksheet>`,
    },
  );

export const potx = (): Buffer =>
  packageOf(
    {
      "ppt/presentation.xml": `${formats}.presentationml.template.main+xml`,
      "ppt/slides/slide1.xml": `${formats}.presentationml.slide+xml`,
    },
    {
      "_rels/.rels": relations([officeRelation("r1", main, "ppt/presentation.xml")]),
      "ppt/_rels/presentation.xml.rels": relations([
        officeRelation("r1", "slide", "slides/slide1.xml"),
      ]),
      "ppt/presentation.xml": `<p:presentation xmlns:p="${presentation}" xmlns:r="${office}"><p:sldIdLst><p:sldId id="256" r:id="r1"/></p:sldIdLst></p:presentation>`,
      "ppt/slides/slide1.xml": `<p:sld xmlns:p="${presentation}" xmlns:a="${drawing}"><p:cSld><p:spTree><p:sp><p:txBody><a:p><a:r><a:t>説明会</a:t></a:r></a:p></p:txBody></p:sp></p:spTree></p:cSld></p:sld>`,
    },
  );

/** Records of [MS-XLSB]: a number of one or two bytes, a length, the bytes. */
function biff(type: number, ...fields: readonly (Buffer | number)[]): Buffer {
  const body = Buffer.concat(
    fields.map((each) => {
      if (typeof each !== "number") return each;
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32LE(each);
      return bytes;
    }),
  );
  const id = type < 128 ? [type] : [(type & 127) | 128, type >> 7];
  return Buffer.concat([Buffer.from([...id, body.length]), body]);
}
const wideString = (value: string): Buffer => {
  const length = Buffer.alloc(4);
  length.writeUInt32LE(value.length);
  return Buffer.concat([length, wide(value)]);
};

/** A workbook in Excel's binary format: one sheet with one cell of text. */
export const xlsb = (): Buffer =>
  packageOf(
    {
      "xl/workbook.bin": "application/vnd.ms-excel.sheet.binary.macroEnabled.main",
      "xl/worksheets/sheet1.bin": "application/vnd.ms-excel.worksheet",
    },
    {
      "_rels/.rels": relations([officeRelation("r1", main, "xl/workbook.bin")]),
      "xl/_rels/workbook.bin.rels": relations([
        officeRelation("r1", "worksheet", "worksheets/sheet1.bin"),
      ]),
      "xl/workbook.bin": Buffer.concat([
        biff(131),
        biff(143),
        biff(156, 0, 1, wideString("r1"), wideString("集計")),
        biff(144),
        biff(132),
      ]),
      "xl/worksheets/sheet1.bin": Buffer.concat([
        biff(129),
        biff(145),
        // Row 0 of ordinary height and no spans; then column 0, no style, the text.
        biff(0, 0, 0, Buffer.alloc(5), 0),
        biff(6, 0, 0, wideString("合計")),
        biff(146),
        biff(130),
      ]),
    },
  );

const odfNamespaces = ["office", "text", "table", "draw", "script", "presentation"]
  .map((each) => `xmlns:${each}="urn:oasis:names:tc:opendocument:xmlns:${each}:1.0"`)
  .join(" ");

/** With a macro beside it. */
export function odf(kind: "presentation" | "spreadsheet" | "text", body: string): Buffer {
  const mediaType = `application/vnd.oasis.opendocument.${kind}`;
  const entries: Readonly<Record<string, string>> = {
    mimetype: mediaType,
    "content.xml": `<?xml version="1.0" encoding="UTF-8"?><office:document-content ${odfNamespaces} office:version="1.3"><office:body><office:${kind}>${body}</office:${kind}></office:body></office:document-content>`,
    "Basic/Standard/evil.xml": "<x/>",
    "META-INF/manifest.xml": `<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.3"><manifest:file-entry manifest:full-path="/" manifest:media-type="${mediaType}"/><manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>`,
  };
  return plainZip(Object.entries(entries).map(([name, data]) => ({ name, data: text(data) })));
}

/** Archives of one file of text with a Japanese name. */
export const archives = {
  cab: () => cabOf(text("memo.txt"), text("一枚")),
  lzh: () => lzhOf(encodeCp932("ソ能\\表.txt"), text("一枚")),
  rar: () => rarOf("議事録.txt", text("一枚")),
  tarGz: () => gzipSync(tarOf([{ name: "目録.txt", data: text("一枚") }])),
};

export const dxf = (): Buffer => text("  0\nSECTION\n  2\nENTITIES\n  0\nENDSEC\n  0\nEOF\n");
export const sfc = (): Buffer =>
  text("ISO-10303-21;\nHEADER;\nENDSEC;\nDATA;\n#1=A('x');\nENDSEC;\nEND-ISO-10303-21;\n");

const padded = (start: string): Buffer => Buffer.from(start.padEnd(600, "\0"), "latin1");
/** What nothing here opens: 一太郎, a film; a program, a shortcut, a disk image. */
export const unopened = {
  jtd: () => compoundFile({ JSRV_SegmentInformation: Buffer.alloc(600) }),
  mp4: () => padded("\0\0\0\x18ftypmp42"),
  exe: () => padded("MZ"),
  lnk: () => padded("L\0\0\0\x01\x14\x02\0"),
  iso: () => Buffer.concat([Buffer.alloc(0x8001), Buffer.from("CD001")]),
};
