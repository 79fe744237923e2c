/**
 * A second look at a written PDF by other code than qpdf: a small lexer that walks the file from its first
 * byte, skips strings, comments and stream data, and collects every name. Expects a file without object
 * streams, so that no dictionary is out of sight. Pure.
 */
const isSpace = (byte: number): boolean =>
  byte === 0 || byte === 9 || byte === 10 || byte === 12 || byte === 13 || byte === 32;
const delimiters = new Set(Buffer.from("()<>[]{}/%", "latin1"));
const isRegular = (byte: number): boolean => !isSpace(byte) && !delimiters.has(byte);

const ch = {
  open: 0x28,
  close: 0x29,
  backslash: 0x5c,
  less: 0x3c,
  greater: 0x3e,
  slash: 0x2f,
  percent: 0x25,
};

function skipLiteral(bytes: Buffer, start: number): number {
  let depth = 0;
  for (let at = start; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === ch.backslash) at += 1;
    else if (byte === ch.open) depth += 1;
    else if (byte === ch.close) {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return bytes.length;
}

function wordEnd(bytes: Buffer, start: number): number {
  let at = start;
  while (at < bytes.length && isRegular(bytes[at] ?? 0)) at += 1;
  return at;
}

/** `at` is behind the keyword `stream`. The length just read is believed only if `endstream` stands there. */
function skipStream(bytes: Buffer, at: number, length: number): number {
  const dataStart = at + (bytes[at] === 13 ? 2 : 1);
  const announced = dataStart + length;
  if (bytes.toString("latin1", announced, announced + 12).includes("endstream")) return announced;
  const found = bytes.indexOf("endstream", dataStart, "latin1");
  return found < 0 ? bytes.length : found;
}

const unescapeName = (text: string): string =>
  text.replace(/#([0-9a-fA-F]{2})/g, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );

export function scanNames(bytes: Buffer): Set<string> {
  const names = new Set<string>();
  let length = 0;
  let previous = "";
  for (let at = 0; at < bytes.length; ) {
    const byte = bytes[at] ?? 0;
    if (byte === ch.open) at = skipLiteral(bytes, at);
    else if (byte === ch.percent) {
      while (at < bytes.length && bytes[at] !== 10 && bytes[at] !== 13) at += 1;
    } else if (byte === ch.slash) {
      const end = wordEnd(bytes, at + 1);
      previous = unescapeName(bytes.toString("latin1", at + 1, end));
      names.add(previous);
      at = end;
    } else if (byte === ch.less && bytes[at + 1] !== ch.less) {
      const end = bytes.indexOf(ch.greater, at);
      at = end < 0 ? bytes.length : end + 1;
    } else if (isRegular(byte)) {
      const end = wordEnd(bytes, at);
      const word = bytes.toString("latin1", at, end);
      if (previous === "Length" && /^\d+$/.test(word)) length = Number(word);
      previous = "";
      at = word === "stream" ? skipStream(bytes, end, length) : end;
    } else at += byte === ch.less ? 2 : 1;
  }
  return names;
}

/** None of these may be left anywhere in a released PDF. */
export const forbiddenNames: readonly string[] = [
  "JavaScript",
  "JS",
  "Launch",
  "SubmitForm",
  "ImportData",
  "GoToR",
  "GoToE",
  "Rendition",
  "RichMedia",
  "RichMediaExecute",
  "EmbeddedFile",
  "EmbeddedFiles",
  "EF",
  "XFA",
  "AA",
  "ObjStm",
  "Encrypt",
  "FileAttachment",
];
