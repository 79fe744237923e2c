/** Office samples: small, real OPC packages. Pure. */
import { plainZip } from "./plain-zip.ts";

const office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const packageNamespace = "http://schemas.openxmlformats.org/package/2006";
const word = "http://schemas.openxmlformats.org/wordprocessingml/2006/main";
const sheetNamespace = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const declaration = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>';

export interface Relation {
  readonly id: string;
  readonly type: string;
  readonly target: string;
  readonly external?: boolean;
}

export const officeRelation = (id: string, name: string, target: string): Relation => ({
  id,
  type: `${office}/${name}`,
  target,
});

export const relations = (list: readonly Relation[]): string =>
  `${declaration}<Relationships xmlns="${packageNamespace}/relationships">${list
    .map(
      ({ id, type, target, external }) =>
        `<Relationship Id="${id}" Type="${type}" Target="${target}"${external === true ? ' TargetMode="External"' : ""}/>`,
    )
    .join("")}</Relationships>`;

export function packageOf(
  types: Readonly<Record<string, string>>,
  parts: Readonly<Record<string, Buffer | string>>,
): Buffer {
  const overrides = Object.entries(types)
    .map(([part, type]) => `<Override PartName="/${part}" ContentType="${type}"/>`)
    .join("");
  const contentTypes = `${declaration}<Types xmlns="${packageNamespace}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Default Extension="png" ContentType="image/png"/><Default Extension="emf" ContentType="image/x-emf"/>${overrides}</Types>`;
  return plainZip(
    Object.entries({ "[Content_Types].xml": contentTypes, ...parts }).map(([name, data]) => ({
      name,
      data: typeof data === "string" ? Buffer.from(data, "utf8") : data,
    })),
  );
}

export const wordDocument = (body: string): string =>
  `${declaration}<w:document xmlns:w="${word}" xmlns:r="${office}"><w:body>${body}<w:sectPr/></w:body></w:document>`;

export const paragraph = (text: string): string =>
  `<w:p><w:r><w:t xml:space="preserve">${text}</w:t></w:r></w:p>`;

/** A document with a macro project; the project itself is a stub that no program runs. */
export function macroDocument(): Buffer {
  return packageOf(
    {
      "word/document.xml": "application/vnd.ms-word.document.macroEnabled.main+xml",
      "word/vbaProject.bin": "application/vnd.ms-office.vbaProject",
      "word/vbaData.xml": "application/vnd.ms-word.vbaData+xml",
    },
    {
      "_rels/.rels": relations([officeRelation("rId1", "officeDocument", "word/document.xml")]),
      "word/document.xml": wordDocument(
        paragraph("申請書(訓練用)") + paragraph("この文書にはマクロが入っています。"),
      ),
      "word/_rels/document.xml.rels": relations([
        {
          id: "rId1",
          type: "http://schemas.microsoft.com/office/2006/relationships/vbaProject",
          target: "vbaProject.bin",
        },
      ]),
      "word/_rels/vbaProject.bin.rels": relations([
        {
          id: "rId1",
          type: "http://schemas.microsoft.com/office/2006/relationships/wordVbaData",
          target: "vbaData.xml",
        },
      ]),
      "word/vbaProject.bin": Buffer.concat([
        Buffer.from("d0cf11e0a1b11ae1", "hex"),
        Buffer.from("Hanare practice stub: not a program.".padEnd(2040, "\0"), "latin1"),
      ]),
      "word/vbaData.xml": `${declaration}<wne:vbaSuppData xmlns:wne="http://schemas.microsoft.com/office/word/2006/wordml"/>`,
    },
  );
}

export function cleanWorkbook(): Buffer {
  const rows = [
    ["品目", "数量", "単価"],
    ["用紙", "10", "450"],
    ["封筒", "3", "1200"],
  ];
  const cells = rows
    .map((row, index) => {
      const line = row.map((cell) =>
        /^\d+$/.test(cell)
          ? `<c><v>${cell}</v></c>`
          : `<c t="inlineStr"><is><t>${cell}</t></is></c>`,
      );
      return `<row r="${index + 1}">${line.join("")}</row>`;
    })
    .join("");
  const total = '<row r="4"><c r="C4"><f>B2*C2+B3*C3</f><v>8100</v></c></row>';
  return packageOf(
    {
      "xl/workbook.xml":
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
      "xl/worksheets/sheet1.xml":
        "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml",
    },
    {
      "_rels/.rels": relations([officeRelation("rId1", "officeDocument", "xl/workbook.xml")]),
      "xl/workbook.xml": `${declaration}<workbook xmlns="${sheetNamespace}" xmlns:r="${office}"><sheets><sheet name="見積" sheetId="1" r:id="rId1"/></sheets></workbook>`,
      "xl/_rels/workbook.xml.rels": relations([
        officeRelation("rId1", "worksheet", "worksheets/sheet1.xml"),
      ]),
      "xl/worksheets/sheet1.xml": `${declaration}<worksheet xmlns="${sheetNamespace}"><sheetData>${cells}${total}</sheetData></worksheet>`,
    },
  );
}
