/** LibreOffice's own names of what reads and writes each format. Named, so that it does not guess. Data only. */
import { drawnKinds, type OfficeKind, officeTargets } from "../wire/office.ts";

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
  docx: { filter: "MS Word 2007 XML", extension: "docx" },
  xlsx: { filter: "Calc MS Excel 2007 XML", extension: "xlsx" },
  pptx: { filter: "Impress MS PowerPoint 2007 XML", extension: "pptx" },
  odt: { filter: "writer8", extension: "odt" },
  ods: { filter: "calc8", extension: "ods" },
  odp: { filter: "impress8", extension: "odp" },
  drawing: { filter: "OpenDocument Drawing Flat XML", extension: "fodg" },
};

const documentFilters = {
  docx: "MS Word 2007 XML",
  xlsx: "Calc MS Excel 2007 XML",
  pptx: "Impress MS PowerPoint 2007 XML",
} as const;

const pageFilters: Readonly<Record<(typeof drawnKinds)[number], string>> = {
  docx: "writer_pdf_Export",
  odt: "writer_pdf_Export",
  xlsx: "calc_pdf_Export",
  ods: "calc_pdf_Export",
  pptx: "impress_pdf_Export",
  odp: "impress_pdf_Export",
  drawing: "draw_pdf_Export",
};

/** What writes the document that is made of one of this kind. */
export function outputFilter(kind: OfficeKind): string {
  const laidOut = drawnKinds.find((each) => each === kind);
  if (laidOut !== undefined) return pageFilters[laidOut];
  const target = officeTargets[kind];
  return target === "pdf" ? pageFilters.docx : documentFilters[target];
}
