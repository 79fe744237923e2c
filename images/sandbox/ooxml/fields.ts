/**
 * Word fields. A first scan follows every complex field from begin to end, gathers its instruction however
 * it is split over runs, and names the elements to take out when the instruction is not on the list. The
 * field's last result, which is what the reader sees, stays.
 */
import { isWebTarget } from "./relationships.ts";
import { readXml, type XmlElement } from "./read-xml.ts";

const allowed = new Set(
  `PAGE NUMPAGES SECTION SECTIONPAGES PAGEREF REF NOTEREF STYLEREF SEQ TOC TC TOA TA INDEX XE RD_ BIBLIOGRAPHY CITATION DATE TIME
   CREATEDATE SAVEDATE PRINTDATE EDITTIME TITLE SUBJECT AUTHOR LASTSAVEDBY KEYWORDS COMMENTS REVNUM NUMWORDS NUMCHARS
   FILENAME FILESIZE SYMBOL EQ ADVANCE LISTNUM AUTONUM AUTONUMLGL AUTONUMOUT MERGEFIELD FORMTEXT FORMCHECKBOX
   FORMDROPDOWN HYPERLINK ADDIN_ SET ASK_ FILLIN_ DOCPROPERTY QUOTE PRIVATE_ =`
    .split(/\s+/)
    .filter((each) => !each.endsWith("_")),
);

export function isAllowedField(instruction: string): boolean {
  const text = instruction.trim();
  const name = /^(=|[A-Za-z]+)/.exec(text)?.[0].toUpperCase() ?? "";
  if (!allowed.has(name)) return false;
  if (name !== "HYPERLINK") return true;
  const target = /^HYPERLINK\s+(?!\\)"?([^"\s]+)/i.exec(text)?.[1];
  return target === undefined || isWebTarget(target);
}

interface OpenField {
  readonly ordinals: number[];
  instruction: string;
  inInstruction: boolean;
}

export interface FieldScan {
  /** Elements to drop: the marks and the instruction of refused fields. */
  readonly doomed: ReadonlySet<number>;
  readonly refused: number;
}

const charType = (element: XmlElement): string =>
  element.attributes.find((each) => each.local === "fldCharType")?.value ?? "";

/** Names are never written by reference: where none of these words stands, there is no field to follow. */
const marks = /fldChar|instrText|delInstrText/;

export function scanFields(xml: string, depthLimit: number): FieldScan {
  const doomed = new Set<number>();
  if (!marks.test(xml)) return { doomed, refused: 0 };
  const open: OpenField[] = [];
  let refused = 0;
  const closeField = (field: OpenField): void => {
    if (isAllowedField(field.instruction)) return;
    refused += 1;
    for (const ordinal of field.ordinals) doomed.add(ordinal);
  };
  const onChar = (element: XmlElement): void => {
    const type = charType(element);
    if (type === "begin")
      open.push({ ordinals: [element.ordinal], instruction: "", inInstruction: true });
    const current = open.at(-1);
    if (current === undefined || type === "begin") return;
    current.ordinals.push(element.ordinal);
    if (type === "separate") current.inInstruction = false;
    if (type === "end") {
      open.pop();
      closeField(current);
    }
  };
  readXml(xml, depthLimit, {
    open(element) {
      if (element.local === "fldChar") onChar(element);
      if (element.local === "instrText" || element.local === "delInstrText") {
        const current = open.at(-1);
        // An instruction outside any field does nothing that we would want.
        if (current === undefined) doomed.add(element.ordinal);
        else current.ordinals.push(element.ordinal);
      }
    },
    text(text, parent) {
      const field = open.at(-1);
      if (parent?.local === "instrText" && field?.inInstruction === true) field.instruction += text;
    },
    close: () => undefined,
  });
  // A field that never ends is taken out whole: nobody can say what it means.
  for (const field of open) {
    refused += 1;
    for (const ordinal of field.ordinals) doomed.add(ordinal);
  }
  return { doomed, refused };
}
