/**
 * What no released Office document may hold, looked for by code that shares nothing with the rebuild: no macro, OLE
 * object, ActiveX, embedded file, DDE, no relationship or address that is fetched from outside. Every member is plain
 * XML or a picture; anything else is forbidden for that alone. Pure.
 */
import { NotPlainXml, type PlainElement, type PlainXmlHandler, readPlainXml } from "./plain-xml.ts";

export interface OutputMember {
  readonly name: string;
  readonly bytes: Buffer;
}

export type PackageFamily = "odf" | "ooxml";

const picture = /^(?:\x89PNG\r\n\x1a\n|\xff\xd8\xff|GIF8[79]a|RIFF[\s\S]{4}WEBP)/;
const forbiddenNames =
  /vbaProject|vbaData|macrosheets?\/|activeX|embeddings\/|externalLinks?\/|customUI|oleObject|attachedToolbars|^Basic\/|^Scripts\/|\.(bin|exe|dll|js|vbs|hta|lnk|jar|py)$/i;

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));
const forbiddenElements: Readonly<Record<PackageFamily, ReadonlySet<string>>> = {
  ooxml: words(
    `OLEObject oleObj oleObject oleObjects ocx altChunk subDoc attachedTemplate externalReference
     externalReferences externalBook ddeLink oleLink ddeItem FmlaMacro dbPr olapPr queryTable externalData
     mailMerge objectEmbed objectLink`,
  ),
  odf: words(
    `script scripts event-listener event-listeners execute-macro plugin applet floating-frame object-ole
     dde-connection dde-connection-decl dde-link dde-source section-source table-source cell-range-source
     database-source-sql database-source-query database-source-table binary-data control form`,
  ),
};

const instruction =
  /^\s*(DDE|DDEAUTO|INCLUDETEXT|INCLUDEPICTURE|INCLUDE|IMPORT|LINK|EMBED|MACROBUTTON|MACRO|DATABASE|AUTOTEXT|GLOSSARY|CONTROL|OCX|HTMLCONTROL)\b/i;
const web = /^\s*(https?:\/\/|mailto:)/i;
const anyScheme = /^\s*([a-z][a-z0-9+.-]{1,30}:|\\\\|\/\/)/i;

class Finding extends Error {}
const found = (what: string): never => {
  throw new Finding(what);
};

function checkFormula(formula: string): void {
  const code = formula.replace(/"(?:[^"]|"")*"/g, "");
  if (/\||\b(WEBSERVICE|CALL|REGISTER|EXEC|RTD|DDE)\s*\(/i.test(code)) found("formula");
}

/** Instructions of fields, nested and split over runs as they may be. */
class Fields {
  readonly #open: string[] = [];

  element({ local, attributes }: PlainElement): void {
    if (local === "fldSimple") this.#check(attributes.get("instr") ?? "");
    if (local !== "fldChar") return;
    if (attributes.get("fldCharType") === "begin") this.#open.push("");
    else if (attributes.get("fldCharType") === "end") this.#check(this.#open.pop() ?? "");
  }

  instruction(text: string): void {
    const last = this.#open.length - 1;
    if (last >= 0) this.#open[last] = `${this.#open[last] ?? ""}${text}`;
    else this.#check(text);
  }

  #check(text: string): void {
    if (instruction.test(text)) found("field");
  }
}

function checkRelationship({ attributes }: PlainElement): void {
  const type = attributes.get("Type") ?? "";
  const target = attributes.get("Target") ?? "";
  if (
    /vbaProject|oleObject|package$|control$|activeX|externalLink|attachedTemplate|aFChunk|subDocument|customUI/i.test(
      type,
    )
  )
    found("relationship");
  const link = type.endsWith("/hyperlink");
  const outside = attributes.get("TargetMode") === "External" || anyScheme.test(target);
  if (outside && !(link && web.test(target))) found("external relationship");
}

class OoxmlLook implements PlainXmlHandler {
  readonly #fields = new Fields();
  readonly #path: string[] = [];
  #formula = "";

  open(element: PlainElement): void {
    const { local, attributes } = element;
    this.#path.push(local);
    if (forbiddenElements.ooxml.has(local)) found(local);
    if (local === "Relationship") checkRelationship(element);
    if (local === "Override" || local === "Default") {
      if (/macro|vba|ole|activex|octet-stream/i.test(attributes.get("ContentType") ?? ""))
        found("content type");
    }
    if (/^(ppaction:\/\/(program|macro|ole))/i.test(attributes.get("action") ?? ""))
      found("action");
    this.#fields.element(element);
    this.#formula = "";
  }

  text(text: string): void {
    const local = this.#path.at(-1);
    if (local === "instrText") this.#fields.instruction(text);
    if (local === "f" || local === "definedName") this.#formula += text;
  }

  close(): void {
    this.#path.pop();
    if (this.#formula !== "") checkFormula(this.#formula);
    this.#formula = "";
  }
}

/** Elements whose address is followed by a click, not by opening the document. */
const clicked = new Set(["a", "bookmark-ref", "h"]);

class OdfLook implements PlainXmlHandler {
  open({ local, attributes }: PlainElement): void {
    if (forbiddenElements.odf.has(local)) found(local);
    const href = attributes.get("href") ?? "";
    if (anyScheme.test(href) && !(clicked.has(local) && web.test(href))) found("address");
    if (href.startsWith("..")) found("address");
    const formula = attributes.get("formula");
    if (formula !== undefined) checkFormula(formula);
  }

  text = (): void => undefined;
  close = (): void => undefined;
}

function checkMember(family: PackageFamily, { name, bytes }: OutputMember): void {
  if (forbiddenNames.test(name)) found("name of a part");
  const start = bytes.toString("latin1", 0, 64);
  if (picture.test(start) || (family === "odf" && name === "mimetype")) return;
  if (!start.startsWith("<?xml")) found("neither XML nor a picture");
  readPlainXml(bytes.toString("utf8"), family === "odf" ? new OdfLook() : new OoxmlLook());
}

/** What stands there that may not, with the part it stands in; undefined when there is nothing. */
export function forbiddenIn(
  family: PackageFamily,
  members: readonly OutputMember[],
): string | undefined {
  for (const member of members) {
    try {
      checkMember(family, member);
    } catch (error) {
      if (error instanceof Finding || error instanceof NotPlainXml)
        return `${error.message} in ${member.name}`;
      throw error;
    }
  }
  return undefined;
}
