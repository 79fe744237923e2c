/**
 * XML parts, read by read-xml.ts and written anew: no DTD, no entities of their own, no comments, no processing
 * instructions. A rewrite asks its rules about every element. Pure.
 */
import { damaged, readXml, type XmlAttribute, type XmlElement } from "./read-xml.ts";

const decoders = {
  "utf-8": new TextDecoder("utf-8", { fatal: true }),
  "utf-16le": new TextDecoder("utf-16le", { fatal: true }),
  "utf-16be": new TextDecoder("utf-16be", { fatal: true }),
} as const;

/** UTF-8, or UTF-16 by its mark; anything else is not a part any office program writes. */
export function decodeXml(bytes: Buffer): string {
  const [first, second] = bytes;
  const charset =
    first === 0xff && second === 0xfe
      ? "utf-16le"
      : first === 0xfe && second === 0xff
        ? "utf-16be"
        : "utf-8";
  try {
    return decoders[charset].decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return damaged("encoding");
    throw error;
  }
}

/** `drop` takes the children along, `unwrap` leaves them in place. */
export type Decision = "drop" | "keep" | "unwrap";

export interface XmlRules {
  element(element: XmlElement, ancestors: readonly XmlElement[]): Decision;
  /** New value, or undefined to leave the attribute out. */
  attribute(attribute: XmlAttribute, element: XmlElement): string | undefined;
  /** True for elements that are decided by their whole text once they close. */
  holds(element: XmlElement): boolean;
  /** What a held element's text becomes; undefined drops the element. */
  held(element: XmlElement, text: string): string | undefined;
}

const inText = /[&<>\r]/;
const inAttribute = /[&<>"\t\n\r]/;
const referenceTo = (character: string): string => `&#${character.charCodeAt(0)};`;
// Most have nothing to escape, and to ask is cheaper than to replace.
const escapeText = (text: string): string =>
  inText.test(text) ? text.replaceAll(/[&<>\r]/g, referenceTo) : text;
const escapeAttribute = (text: string): string =>
  inAttribute.test(text) ? text.replaceAll(/[&<>"\t\n\r]/g, referenceTo) : text;

/** Pieces are joined this many at a time: what lives on for long is one string, not a hundred thousand. */
const piecesAtOnce = 2048;

export const xmlDeclaration = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n';

class Writer {
  readonly #rules: XmlRules;
  readonly #done: string[] = [];
  #parts: string[] = [xmlDeclaration];
  readonly #decisions: Decision[] = [];
  /** Depth at which everything is being dropped, counted in open elements. */
  #droppedFrom: number | undefined;
  #held: { element: XmlElement; start: number; text: string; depth: number } | undefined;
  /** The last start tag is still without its `>`. */
  #tagOpen = false;

  constructor(rules: XmlRules) {
    this.#rules = rules;
  }

  open(element: XmlElement, ancestors: readonly XmlElement[]): void {
    const dropping = this.#droppedFrom !== undefined;
    const decision = dropping ? "drop" : this.#rules.element(element, ancestors);
    this.#decisions.push(decision);
    if (decision === "drop" && !dropping) this.#droppedFrom = this.#decisions.length;
    if (decision !== "keep") return;
    this.#endTag();
    if (this.#parts.length >= piecesAtOnce && this.#held === undefined) this.#join();
    if (this.#held === undefined && this.#rules.holds(element)) {
      this.#held = { element, start: this.#parts.length, text: "", depth: this.#decisions.length };
    }
    this.#parts.push(`<${element.name}${this.#attributes(element)}`);
    this.#tagOpen = true;
  }

  #attributes(element: XmlElement): string {
    let text = "";
    for (const attribute of element.attributes) {
      const value = this.#rules.attribute(attribute, element);
      if (value !== undefined) text += ` ${attribute.name}="${escapeAttribute(value)}"`;
    }
    return text;
  }

  #endTag(): void {
    if (this.#tagOpen) this.#parts.push(">");
    this.#tagOpen = false;
  }

  text(text: string): void {
    if (this.#droppedFrom !== undefined || text === "") return;
    if (this.#held !== undefined) {
      this.#held.text += text;
      return;
    }
    if (this.#decisions.length === 0) return;
    this.#endTag();
    this.#parts.push(escapeText(text));
  }

  close(element: XmlElement): void {
    const depth = this.#decisions.length;
    const decision = this.#decisions.pop();
    if (this.#droppedFrom === depth) this.#droppedFrom = undefined;
    if (decision !== "keep") return;
    if (this.#held?.depth === depth && !this.#release(element)) return;
    if (this.#tagOpen) this.#parts.push("/>");
    else this.#parts.push(`</${element.name}>`);
    this.#tagOpen = false;
  }

  /** False when the held element is taken back as if it had never been written. */
  #release(element: XmlElement): boolean {
    const held = this.#held;
    if (held === undefined) return true;
    this.#held = undefined;
    const text = this.#rules.held(element, held.text);
    if (text === undefined) {
      this.#parts.length = held.start;
      this.#tagOpen = false;
      return false;
    }
    if (text !== "") {
      this.#endTag();
      this.#parts.push(escapeText(text));
    }
    return true;
  }

  #join(): void {
    this.#done.push(this.#parts.join(""));
    this.#parts = [];
  }

  result(): string {
    this.#join();
    return this.#done.join("");
  }
}

export function rewriteXml(xml: string, depthLimit: number, rules: XmlRules): string {
  const writer = new Writer(rules);
  readXml(xml, depthLimit, writer);
  return writer.result();
}
