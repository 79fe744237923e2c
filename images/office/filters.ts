/** LibreOffice's own names of what reads and writes each format. Named, so that it does not guess. Data only. */
import type { OfficeKind, officeTargets } from "../wire/office.ts";

export const inputFilters: Readonly<Record<OfficeKind, { filter: string; extension: string }>> = {
  word97: { filter: "MS Word 97", extension: "doc" },
  word95: { filter: "MS Word 95", extension: "doc" },
  word6: { filter: "MS WinWord 6.0", extension: "doc" },
  excel97: { filter: "MS Excel 97", extension: "xls" },
  excel95: { filter: "MS Excel 95", extension: "xls" },
  powerpoint97: { filter: "MS PowerPoint 97", extension: "ppt" },
  rtf: { filter: "Rich Text Format", extension: "rtf" },
  xlsb: { filter: "Calc MS Excel 2007 Binary", extension: "xlsb" },
  "word-xml": { filter: "MS Word 2003 XML", extension: "xml" },
  "excel-xml": { filter: "MS Excel 2003 XML Orcus", extension: "xml" },
};

export const outputFilters: Readonly<
  Record<(typeof officeTargets)[keyof typeof officeTargets], string>
> = {
  docx: "MS Word 2007 XML",
  xlsx: "Calc MS Excel 2007 XML",
  pptx: "Impress MS PowerPoint 2007 XML",
};
