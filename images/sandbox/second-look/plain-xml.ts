/**
 * A reader of the XML that a rebuilt document may consist of: one declaration, elements with attributes in double
 * quotes, text, the predefined and numeric references. No DTD, comment, CDATA or processing instruction. Shares
 * nothing with the parser and the writer of the rebuild, so that a mistake of theirs is not made twice. Pure.
 */
export interface PlainElement {
  /** Without its prefix. */
  readonly local: string;
  /** Local name → value; of two with the same local name the values are joined by a space. */
  readonly attributes: ReadonlyMap<string, string>;
}

export interface PlainXmlHandler {
  open(element: PlainElement): void;
  text(text: string): void;
  close(local: string): void;
}

const declaration = /^<\?xml version="1\.0" encoding="UTF-8"(?: standalone="yes")?\?>\n?/;
const token = /<(\/?)([^\s<>/="'&!?]+)((?:\s+[^\s<>/="'&]+="[^"<>]*")*)\s*(\/?)>|([^<>]+)/gy;
const attribute = /([^\s=]+)="([^"]*)"/g;
const reference = /&(?:#(\d{1,7})|(amp|lt|gt|quot|apos));/g;
const named = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" } as const;

export class NotPlainXml extends Error {
  override readonly name = "NotPlainXml";
}

const localOf = (name: string): string => name.slice(name.indexOf(":") + 1);

function decode(text: string): string {
  if (!text.includes("&")) return text;
  if (text.replace(reference, "").includes("&")) throw new NotPlainXml("reference");
  return text.replace(reference, (_all, code: string | undefined, name: keyof typeof named) =>
    code === undefined ? named[name] : String.fromCodePoint(Math.min(Number(code), 0x10ffff)),
  );
}

const none: ReadonlyMap<string, string> = new Map();

function attributesOf(text: string): ReadonlyMap<string, string> {
  if (text === "") return none;
  const found = new Map<string, string>();
  attribute.lastIndex = 0;
  for (let each = attribute.exec(text); each !== null; each = attribute.exec(text)) {
    const [, name = "", value = ""] = each;
    if (name === "xmlns" || name.startsWith("xmlns:")) continue;
    const local = localOf(name);
    const before = found.get(local);
    found.set(local, before === undefined ? decode(value) : `${before} ${decode(value)}`);
  }
  return found;
}

/** Throws NotPlainXml for anything else. */
export function readPlainXml(xml: string, handler: PlainXmlHandler): void {
  const start = declaration.exec(xml)?.[0].length;
  if (start === undefined) throw new NotPlainXml("declaration");
  const open: string[] = [];
  token.lastIndex = start;
  for (let at = start; at < xml.length; at = token.lastIndex) {
    const found = token.exec(xml);
    if (found === null) throw new NotPlainXml(`at ${at}`);
    const [, ending, name, attributes = "", empty, text] = found;
    if (text !== undefined) {
      handler.text(decode(text));
    } else if (name !== undefined && ending === "/") {
      if (open.pop() !== name) throw new NotPlainXml("order of elements");
      handler.close(localOf(name));
    } else if (name !== undefined) {
      handler.open({ local: localOf(name), attributes: attributesOf(attributes) });
      if (empty === "/") handler.close(localOf(name));
      else open.push(name);
    }
  }
  if (open.length > 0) throw new NotPlainXml("an element without its end");
}
