/**
 * Documents of older formats, as far as a look at their own structure goes: which filter reads them, whether a
 * password locks them, and what in them will not be carried over. Pure.
 */
import type { OlderKind } from "../../wire/office.ts";
import type { RemovedClass } from "../../wire/file-words.ts";
import { type CompoundFile, openCfb } from "../cfb/read.ts";
import { Refusal } from "../context.ts";

export type OlderType = "doc" | "office-xml" | "ppt" | "rtf" | "xls" | "xlsb";

export interface OlderFacts {
  /** Undefined when no filter reads it. */
  readonly kind: OlderKind | undefined;
  readonly locked: boolean;
  readonly removed: readonly RemovedClass[];
}

const damaged = (detail: string): Refusal => new Refusal("blocked", "damaged", detail);

/** [MS-DOC] 2.5.2: nFib at 2, fEncrypted in bit 8 of the flags at 10. Word 95 wrote nFib 104, Word 6 below. */
function wordFacts(file: CompoundFile): Pick<OlderFacts, "kind" | "locked"> {
  const fib = file.read("WordDocument");
  if (fib === undefined || fib.length < 32) throw damaged("no FIB");
  const version = fib.readUInt16LE(2);
  const older = version >= 104 ? "word95" : "word6";
  return { kind: version >= 193 ? "word97" : older, locked: (fib.readUInt16LE(10) & 0x0100) !== 0 };
}

const filePass = 0x2f;
const endOfGlobals = 0x0a;

/** [MS-XLS] 2.4.117: FilePass stands among the first records of the workbook's globals. */
function excelFacts(file: CompoundFile): Pick<OlderFacts, "kind" | "locked"> {
  const workbook = file.read("Workbook");
  const book = workbook ?? file.read("Book");
  if (book === undefined) throw damaged("no workbook");
  let locked = false;
  for (let at = 0; at + 4 <= book.length; at += 4 + book.readUInt16LE(at + 2)) {
    const record = book.readUInt16LE(at);
    locked ||= record === filePass;
    if (record === endOfGlobals) break;
  }
  return { kind: workbook === undefined ? "excel95" : "excel97", locked };
}

/** [MS-PPT] 2.3.2: headerToken of an encrypted file. */
const encryptedToken = 0xf3d1c4df;
/** [MS-PPT] 2.4.11: VBAInfoAtom with fHasMacros set; macros lie inside the document's own stream. */
const vbaInfoAtom = Buffer.from([0x02, 0x00, 0x00, 0x04, 0x0c, 0x00, 0x00, 0x00]);

function powerpointFacts(file: CompoundFile): Pick<OlderFacts, "kind" | "locked"> {
  const user = file.read("Current User");
  const locked =
    user !== undefined && user.length >= 16 && user.readUInt32LE(12) === encryptedToken;
  return { kind: "powerpoint97", locked };
}

function powerpointMacro(file: CompoundFile): boolean {
  const document = file.read("PowerPoint Document") ?? Buffer.alloc(0);
  const at = document.indexOf(vbaInfoAtom);
  return at >= 0 && document.length >= at + 16 && document.readUInt32LE(at + 12) !== 0;
}

/** What the storages say; everything else that is left out is counted where the converted document is rebuilt. */
function removedFrom(file: CompoundFile, type: "doc" | "ppt" | "xls"): RemovedClass[] {
  const removed: RemovedClass[] = [];
  const macro = file.streams.some((name) => /(^|\/)(_VBA_PROJECT|VBA\/dir)$/i.test(name));
  if (macro || (type === "ppt" && powerpointMacro(file))) removed.push("macro");
  if (file.streams.some((name) => /(^|\/)(ObjectPool\/|MBD[0-9A-F]{8}\/)/.test(name)))
    removed.push("embedded-object");
  if (file.streams.some((name) => /^_(xml)?signatures/i.test(name))) removed.push("signature");
  return removed;
}

function compoundFacts(bytes: Buffer, type: "doc" | "ppt" | "xls"): OlderFacts {
  const file = openCfb(bytes);
  const read = { doc: wordFacts, xls: excelFacts, ppt: powerpointFacts }[type];
  return { ...read(file), removed: removedFrom(file, type) };
}

function xmlKind(bytes: Buffer): OlderKind | undefined {
  const start = bytes.toString("latin1", 0, 2048);
  if (/mso-application progid="Excel\./i.test(start)) return "excel-xml";
  return /mso-application progid="Word\.|<w:wordDocument\b/i.test(start) && !/<pkg:/.test(start)
    ? "word-xml"
    : undefined;
}

/** Throws Refusal for what is damaged. */
export function olderFacts(type: OlderType, bytes: Buffer): OlderFacts {
  const open = { locked: false, removed: [] };
  switch (type) {
    case "doc":
    case "xls":
    case "ppt":
      return compoundFacts(bytes, type);
    case "rtf": {
      const object = bytes.includes("\\objdata") || bytes.includes("\\objemb");
      return { kind: "rtf", locked: false, removed: object ? ["embedded-object"] : [] };
    }
    case "xlsb":
      return {
        kind: "xlsb",
        locked: false,
        removed: bytes.includes("vbaProject.bin") ? ["macro"] : [],
      };
    case "office-xml":
      return { kind: xmlKind(bytes), ...open };
  }
}
