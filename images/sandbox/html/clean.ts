/**
 * HTML built anew from an allow-list: structure, text, tables, links to the web and mail, pictures that are in
 * the page itself. Everything else (scripts, forms, frames, styles from outside, remote pictures) is not carried
 * over. parse5 reads as browsers do, so that nothing means one thing here and another there.
 */
import { type DefaultTreeAdapterTypes, html, parse } from "parse5";
import type { JobContext } from "../context.ts";
import { forbiddenCharacters } from "../identify/text.ts";

type Node = DefaultTreeAdapterTypes.ChildNode;
type Element = DefaultTreeAdapterTypes.Element;

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));

const kept =
  words(`a abbr address article aside b bdi bdo big blockquote body br caption center cite code col colgroup
 dd del details dfn div dl dt em fieldset figcaption figure font footer h1 h2 h3 h4 h5 h6 head header hgroup hr html i
 img ins kbd legend li main mark nav ol p pre q rb rp rt rtc ruby s samp section small span strike strong sub summary
 sup table tbody td tfoot th thead time title tr tt u ul var wbr`);
/** Their content goes with them. */
const dropped =
  words(`script style template object embed applet iframe frame frameset noscript noframes audio video
 canvas svg math form input button select textarea option base link meta param source track portal dialog map area`);
const scripts = words("script noscript template");
const void_ = words("br col hr img wbr");
const attributes =
  words(`align alt bgcolor border cellpadding cellspacing cite class color cols colspan datetime dir face
 headers height id lang name nowrap reversed rowspan scope size span start style summary title type valign value width`);
const urlLike = /url\s*\(|expression\s*\(|@import|javascript:|behavior\s*:|-moz-binding|\\/i;
const goodLink = /^\s*(https?:\/\/|mailto:|tel:|#)/i;

/** What holds one of these is not taken for text, and a page made of what a mail says may get some. */
const unwritten = new RegExp(forbiddenCharacters, "g");
const escapeText = (text: string): string =>
  text
    .replaceAll(unwritten, "")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;");
const escapeAttribute = (text: string): string => escapeText(text).replaceAll('"', "&quot;");

/** Hands back a picture that may stand in the page as a data: address; undefined leaves it out. */
export type Picture = (source: string) => Promise<string | undefined>;

class Writer {
  readonly #parts: string[] = [];
  readonly #context: Pick<JobContext, "limits" | "tally" | "warnings">;
  readonly #picture: Picture;

  constructor(context: Pick<JobContext, "limits" | "tally" | "warnings">, picture: Picture) {
    this.#context = context;
    this.#picture = picture;
  }

  async nodes(nodes: readonly Node[], depth: number): Promise<void> {
    // Deeper than any page is written: the rest adds nothing a reader could see.
    if (depth > this.#context.limits.xmlDepth) return;
    for (const node of nodes) {
      if (node.nodeName === "#text" && "value" in node) this.#parts.push(escapeText(node.value));
      else if ("tagName" in node) await this.#element(node, depth);
    }
  }

  async #element(element: Element, depth: number): Promise<void> {
    const name = element.tagName;
    if (dropped.has(name) || element.namespaceURI !== html.NS.HTML) {
      this.#count(name);
      return;
    }
    if (!kept.has(name)) return this.nodes(element.childNodes, depth + 1);
    const own = name === "img" ? await this.#image(element) : this.#attributes(element);
    if (own === undefined) return;
    this.#parts.push(`<${name}${own}>`);
    if (name === "head") this.#parts.push(headOf);
    if (void_.has(name)) return;
    await this.nodes(element.childNodes, depth + 1);
    this.#parts.push(`</${name}>`);
  }

  #count(name: string): void {
    if (scripts.has(name)) this.#context.tally.add("script");
    else if (/^(object|embed|applet)$/.test(name)) this.#context.tally.add("embedded-object");
    else if (/^(audio|video)$/.test(name)) this.#context.tally.add("media");
    else if (/^(iframe|frame|frameset|link|base|portal)$/.test(name))
      this.#context.tally.add("external-reference");
    else if (/^(form|input|button|select|textarea)$/.test(name)) this.#context.tally.add("field");
  }

  #attributes(element: Element): string {
    let text = "";
    for (const { name, value } of element.attrs) {
      if (name.startsWith("on")) this.#context.tally.add("script");
      if (name === "href" && element.tagName === "a") {
        if (goodLink.test(value))
          text += ` href="${escapeAttribute(value.trim())}" rel="noopener noreferrer"`;
        else this.#context.tally.add("hyperlink");
        continue;
      }
      if (!attributes.has(name) || urlLike.test(value)) continue;
      text += ` ${name}="${escapeAttribute(value)}"`;
    }
    return text;
  }

  async #image(element: Element): Promise<string | undefined> {
    const source = element.attrs.find((each) => each.name === "src")?.value ?? "";
    const data = await this.#picture(source);
    if (data === undefined) {
      if (/^\s*(https?:)?\/\//i.test(source)) this.#context.warnings.add("remote-pictures");
      this.#context.tally.add("external-reference");
      const alt = element.attrs.find((each) => each.name === "alt")?.value ?? "";
      this.#parts.push(escapeText(alt));
      return undefined;
    }
    return ` src="${data}"${this.#attributes(element)}`;
  }

  result(): string {
    return `<!DOCTYPE html>\n${this.#parts.join("")}\n`;
  }
}

/** Even what this list overlooks finds a page that may load nothing and run nothing. */
const headOf = `<meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'">`;

export async function cleanHtml(
  source: string,
  context: Pick<JobContext, "limits" | "tally" | "warnings">,
  picture: Picture,
): Promise<string> {
  const writer = new Writer(context, picture);
  await writer.nodes(parse(source).childNodes, 0);
  return writer.result();
}

const lineBreakers = words(
  "address article blockquote br div dl dt dd h1 h2 h3 h4 h5 h6 hr li ol p pre section table tr ul",
);

/** What a person would read of a page, as plain text. */
export function htmlToText(source: string): string {
  const parts: string[] = [];
  const walk = (nodes: readonly Node[], depth: number): void => {
    if (depth > 512) return;
    for (const node of nodes) {
      if (node.nodeName === "#text" && "value" in node) parts.push(node.value.replace(/\s+/g, " "));
      if (!("tagName" in node) || dropped.has(node.tagName) || node.tagName === "title") continue;
      if (lineBreakers.has(node.tagName)) parts.push("\n");
      if (node.tagName === "td" || node.tagName === "th") parts.push("\t");
      walk(node.childNodes, depth + 1);
      if (lineBreakers.has(node.tagName)) parts.push("\n");
    }
  };
  walk(parse(source).childNodes, 0);
  return parts
    .join("")
    .replace(/[ \t]+\n/g, "\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim();
}
