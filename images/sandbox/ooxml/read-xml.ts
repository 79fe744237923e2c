/**
 * Reads the XML of a part in one pass over its text: elements with their namespaces, text, nothing else. No entity of
 * its own: a document type is passed over where it only names one, and refused where it declares anything; comments and processing instructions are passed over. Stricter than it need be, never laxer than
 * XML 1.0 and its namespaces where structure is at stake. Pure.
 */
import { Refusal } from "../context.ts";

export interface XmlAttribute {
  readonly name: string;
  readonly local: string;
  readonly uri: string;
  readonly value: string;
}

export interface XmlElement {
  /** The number of the element in document order: lets a first scan decide for the second. */
  readonly ordinal: number;
  readonly name: string;
  readonly local: string;
  readonly uri: string;
  readonly attributes: readonly XmlAttribute[];
}

export interface XmlEvents {
  open(element: XmlElement, ancestors: readonly XmlElement[]): void;
  text(text: string, parent: XmlElement | undefined): void;
  close(element: XmlElement): void;
}

/** Throws the Refusal of a part that is not what it should be. */
export const damaged = (detail: string): never => {
  throw new Refusal("blocked", "damaged", detail);
};

const nameStart =
  "A-Z_a-z\\u00c0-\\u00d6\\u00d8-\\u00f6\\u00f8-\\u02ff\\u0370-\\u037d\\u037f-\\u1fff";
const farNameStart =
  "\\u200c\\u200d\\u2070-\\u218f\\u2c00-\\u2fef\\u3001-\\ud7ff\\ud800-\\udb7f\\udc00-\\udfff\\uf900-\\ufdcf\\ufdf0-\\ufffd";
const nameClass = `[${nameStart}${farNameStart}]`;
const nameRest = `[-.0-9\\u00b7\\u0300-\\u036f\\u203f\\u2040${nameStart}${farNameStart}]*`;
/** `local` or `prefix:local` (Namespaces in XML 1.0, 4). */
const qualifiedName = `${nameClass}${nameRest}(?::${nameClass}${nameRest})?`;

const wholeName = new RegExp(`^${qualifiedName}$`);
const declaration = /^<\?xml\s[^<>]*?\?>/;
const instruction = new RegExp(`<\\?(?![xX][mM][lL][\\s?])${qualifiedName}(?=[\\s?])`, "y");
const literal = `\\s+(?:"[^"<>]*"|'[^'<>]*')`;
/** Without declarations of its own: OpenOffice wrote it above the manifest. */
const documentType = new RegExp(
  `<!DOCTYPE\\s+${qualifiedName}(?:\\s+(?:SYSTEM|PUBLIC${literal})${literal})?\\s*>`,
  "y",
);
const forbiddenCharacter = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/;
const notSpace = /[^ \t\n]/;

const reference = /&(?:#x([0-9a-fA-F]{1,6})|#(\d{1,7})|(amp|lt|gt|quot|apos));|&/g;
const named: Readonly<Record<string, string>> = {
  ...{ amp: "&", lt: "<", gt: ">" },
  ...{ quot: '"', apos: "'" },
};

function character(code: number): string {
  const isCharacter = code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
  const text = isCharacter ? String.fromCodePoint(code) : "\u0000";
  return forbiddenCharacter.test(text) ? damaged("character reference") : text;
}

const decode = (text: string): string =>
  text.includes("&")
    ? text.replace(reference, (_all, hex?: string, decimal?: string, name?: string) => {
        if (name !== undefined) return named[name] ?? damaged("entity");
        if (hex !== undefined) return character(Number.parseInt(hex, 16));
        return decimal === undefined ? damaged("entity") : character(Number(decimal));
      })
    : text;

const xmlnsUri = "http://www.w3.org/2000/xmlns/";
const xmlUri = "http://www.w3.org/XML/1998/namespace";

interface Scope {
  readonly bound: Map<string, string>;
  readonly outer: Scope | undefined;
}

const outermost: Scope = {
  bound: new Map([
    ["", ""],
    ["xml", xmlUri],
    ["xmlns", xmlnsUri],
  ]),
  outer: undefined,
};

/** What an outer scope says is noted in the inner one: however deep the bindings lie, each is looked up once. */
function resolve(prefix: string, { bound, outer }: Scope): string {
  const known = bound.get(prefix);
  if (known !== undefined) return known;
  const uri = outer === undefined ? damaged("namespace prefix") : resolve(prefix, outer);
  bound.set(prefix, uri);
  return uri;
}

interface NameParts {
  readonly prefix: string;
  readonly local: string;
}

function partsOf(name: string): NameParts {
  if (!wholeName.test(name)) damaged("name");
  const colon = name.indexOf(":");
  return colon < 0
    ? { prefix: "", local: name }
    : { prefix: name.slice(0, colon), local: name.slice(colon + 1) };
}

/** Its namespace is known once the whole tag is. */
interface OpenAttribute extends XmlAttribute {
  readonly prefix: string;
  uri: string;
}

/** The scope inside an element: its parent's, or a new one where it binds prefixes. */
function scopeOf(attributes: readonly OpenAttribute[], outer: Scope): Scope {
  let scope = outer;
  for (const { name, prefix, local, value } of attributes) {
    if (name !== "xmlns" && prefix !== "xmlns") continue;
    const uri = value.trim();
    const bound = prefix === "" ? "" : local;
    const isReserved =
      uri === xmlnsUri || bound === "xmlns" || (bound === "xml") !== (uri === xmlUri);
    if (isReserved || (uri === "" && bound !== "")) damaged("namespace");
    if (scope === outer) scope = { bound: new Map(), outer };
    scope.bound.set(bound, uri);
  }
  return scope;
}

/** Above this, names are compared by a set: what is quadratic is a bomb. */
const comparedOneByOne = 12;

function checkUnique(attributes: readonly XmlAttribute[]): void {
  if (attributes.length > comparedOneByOne) {
    const names = new Set(attributes.map(({ uri, local }) => `${uri} ${local}`));
    if (names.size < attributes.length) damaged("attribute twice");
    return;
  }
  for (let at = 1; at < attributes.length; at += 1) {
    for (let before = 0; before < at; before += 1) {
      const [a, b] = [attributes[at], attributes[before]];
      if (a?.local === b?.local && a?.uri === b?.uri) damaged("attribute twice");
    }
  }
}

const none: readonly OpenAttribute[] = [];

const space = 0x20;
const code = {
  ...{ bang: 0x21, doubleQuote: 0x22, singleQuote: 0x27 },
  ...{ slash: 0x2f, equals: 0x3d, greater: 0x3e, question: 0x3f },
};

/** A walk over the characters: names and values are slices, checked once each; no copy is made of what is plain. */
class Reader {
  readonly #xml: string;
  readonly #depthLimit: number;
  readonly #events: XmlEvents;
  readonly #names = new Map<string, NameParts>();
  readonly #stack: XmlElement[] = [];
  readonly #scopes: Scope[] = [outermost];
  #ordinal = 0;
  #at = 0;

  constructor(xml: string, depthLimit: number, events: XmlEvents) {
    // Ends of lines are one character (XML 1.0 §2.11).
    this.#xml = xml.includes("\r") ? xml.replaceAll(/\r\n?/g, "\n") : xml;
    this.#depthLimit = depthLimit;
    this.#events = events;
  }

  run(): void {
    const xml = this.#xml;
    if (forbiddenCharacter.test(xml)) damaged("character");
    this.#at = declaration.exec(xml)?.[0].length ?? 0;
    while (this.#at < xml.length) {
      const next = xml.indexOf("<", this.#at);
      this.#text(next < 0 ? xml.length : next);
      if (next >= 0) this.#markup();
    }
    if (this.#ordinal === 0 || this.#stack.length > 0) damaged("an element without its end");
  }

  #text(end: number): void {
    if (end === this.#at) return;
    const text = this.#xml.slice(this.#at, end);
    this.#at = end;
    const parent = this.#stack.at(-1);
    if (parent === undefined) {
      if (notSpace.test(text)) damaged("text outside");
    } else {
      if (text.includes("]]>")) damaged("end of CDATA");
      this.#events.text(decode(text), parent);
    }
  }

  #markup(): void {
    switch (this.#xml.charCodeAt(this.#at + 1)) {
      case code.slash:
        this.#endTag();
        break;
      case code.bang:
        this.#declared();
        break;
      case code.question:
        instruction.lastIndex = this.#at;
        if (!instruction.test(this.#xml)) damaged("instruction");
        this.#past("?>", 2);
        break;
      default:
        this.#startTag();
    }
  }

  /** Text up to `end`, which is passed over; `skip` characters of the beginning are not part of it. */
  #past(end: string, skip: number): string {
    const start = this.#at + skip;
    const found = this.#xml.indexOf(end, start);
    if (found < 0) damaged("unexpected end");
    this.#at = found + end.length;
    return this.#xml.slice(start, found);
  }

  #declared(): void {
    if (this.#xml.startsWith("<!--", this.#at)) {
      if (/--|-$/.test(this.#past("-->", 4))) damaged("comment");
    } else if (this.#xml.startsWith("<![CDATA[", this.#at)) {
      const text = this.#past("]]>", 9);
      const parent = this.#stack.at(-1);
      if (parent === undefined) damaged("text outside");
      else if (text !== "") this.#events.text(text, parent);
    } else this.#documentType();
  }

  #documentType(): void {
    documentType.lastIndex = this.#at;
    if (this.#ordinal > 0 || !documentType.test(this.#xml)) damaged("DTD");
    this.#at = documentType.lastIndex;
  }

  #endTag(): void {
    const name = this.#stack.at(-1)?.name ?? damaged("order of elements");
    this.#at += 2;
    if (!this.#xml.startsWith(name, this.#at)) damaged("order of elements");
    this.#at += name.length;
    this.#skipSpace();
    if (this.#xml.charCodeAt(this.#at) !== code.greater) damaged("order of elements");
    this.#at += 1;
    this.#close();
  }

  #close(): void {
    const element = this.#stack.pop();
    this.#scopes.pop();
    if (element !== undefined) this.#events.close(element);
  }

  #skipSpace(): void {
    while (this.#xml.charCodeAt(this.#at) <= space) this.#at += 1;
  }

  /** Up to what cannot be in one; whether it is a name is seen where it is looked up. */
  #name(): string {
    const xml = this.#xml;
    const start = this.#at;
    let at = start;
    for (let each = xml.charCodeAt(at); ; each = xml.charCodeAt(at)) {
      const goesOn = each > space && each !== code.equals && each !== code.slash;
      if (!goesOn || each === code.greater) break;
      at += 1;
    }
    this.#at = at;
    return xml.slice(start, at);
  }

  #parts(name: string): NameParts {
    const known = this.#names.get(name);
    if (known !== undefined) return known;
    const parts = partsOf(name);
    this.#names.set(name, parts);
    return parts;
  }

  #startTag(): void {
    if (this.#stack.length >= this.#depthLimit) damaged("depth");
    if (this.#stack.length === 0 && this.#ordinal > 0) damaged("a second root");
    this.#at += 1;
    const name = this.#name();
    const attributes = this.#attributes();
    const isEmpty = this.#xml.charCodeAt(this.#at) === code.slash;
    if (isEmpty) this.#at += 1;
    if (this.#xml.charCodeAt(this.#at) !== code.greater) damaged("element");
    this.#at += 1;
    this.#open(name, attributes);
    if (isEmpty) this.#close();
  }

  #attributes(): readonly OpenAttribute[] {
    let all: OpenAttribute[] | undefined;
    for (;;) {
      const before = this.#at;
      this.#skipSpace();
      const next = this.#xml.charCodeAt(this.#at);
      if (next === code.greater || next === code.slash) return all ?? none;
      if (this.#at === before) damaged("attribute");
      const name = this.#name();
      const { prefix, local } = this.#parts(name);
      const attribute = { name, prefix, local, uri: "", value: this.#value() };
      if (all === undefined) all = [attribute];
      else all.push(attribute);
    }
  }

  /** From the equals sign to the closing quote. */
  #value(): string {
    this.#skipSpace();
    if (this.#xml.charCodeAt(this.#at) !== code.equals) damaged("attribute");
    this.#at += 1;
    this.#skipSpace();
    const quote = this.#xml.charCodeAt(this.#at);
    if (quote !== code.doubleQuote && quote !== code.singleQuote) damaged("attribute");
    const written = this.#past(quote === code.doubleQuote ? '"' : "'", 1);
    if (written.includes("<")) damaged("attribute");
    // A literal tab or line end is a space, a referenced one stays (XML 1.0 §3.3.3).
    return decode(/[\t\n]/.test(written) ? written.replaceAll(/[\t\n]/g, " ") : written);
  }

  #open(name: string, attributes: readonly OpenAttribute[]): void {
    const scope = scopeOf(attributes, this.#scopes.at(-1) ?? outermost);
    const { prefix, local } = this.#parts(name);
    if (prefix === "xmlns") damaged("namespace");
    for (const each of attributes) {
      // Without a prefix an attribute is in no namespace, but for `xmlns` itself.
      if (each.prefix !== "") each.uri = resolve(each.prefix, scope);
      else if (each.name === "xmlns") each.uri = xmlnsUri;
    }
    checkUnique(attributes);
    const uri = resolve(prefix, scope);
    const element = { ordinal: this.#ordinal, name, local, uri, attributes };
    this.#ordinal += 1;
    this.#events.open(element, this.#stack);
    this.#stack.push(element);
    this.#scopes.push(scope);
  }
}

/** Throws Refusal for what is not well-formed, has a DTD, or goes deeper than `depthLimit`. */
export function readXml(xml: string, depthLimit: number, events: XmlEvents): void {
  new Reader(xml, depthLimit, events).run();
}
