/**
 * What may stay inside the XML of an OpenDocument part: scripts, events, embedded programs, data sources and
 * links out of the document go wherever they stand; formulas are judged like those of Excel. Pure.
 */
import type { RemovedClass } from "../../wire/file-words.ts";
import type { JobContext } from "../context.ts";
import { isAllowedFormula } from "../ooxml/formulas.ts";
import { isWebTarget } from "../ooxml/relationships.ts";
import type { XmlAttribute, XmlElement } from "../ooxml/read-xml.ts";
import type { Decision, XmlRules } from "../ooxml/xml.ts";

const xlink = "http://www.w3.org/1999/xlink";

/** By local name: the same word never means something harmless in another namespace of the format. */
export const forbiddenOdf: ReadonlyMap<string, RemovedClass> = new Map<string, RemovedClass>([
  ["scripts", "macro"],
  ["event-listeners", "action"],
  ["event-listener", "action"],
  ["execute-macro", "macro"],
  ["script", "script"],
  ["plugin", "embedded-object"],
  ["applet", "embedded-object"],
  ["floating-frame", "external-reference"],
  ["object-ole", "embedded-object"],
  // Bytes of any kind in the middle of XML; pictures and objects of a package are members of it.
  ["binary-data", "embedded-object"],
  ["dde-connection", "external-reference"],
  ["dde-connection-decl", "external-reference"],
  ["dde-connection-decls", "external-reference"],
  ["dde-link", "external-reference"],
  ["dde-links", "external-reference"],
  ["dde-source", "external-reference"],
  ["section-source", "external-reference"],
  ["cell-range-source", "external-reference"],
  ["table-source", "external-reference"],
  ["database-source-sql", "external-reference"],
  ["database-source-query", "external-reference"],
  ["database-source-table", "external-reference"],
  ["source-service", "external-reference"],
  ["connection-resource", "external-reference"],
  ["sound", "media"],
  ["forms", "activex"],
  ["control", "activex"],
  ["template", "external-template"],
]);

/** Settings that load, link, protect or print; the others are how a window looks. */
const forbiddenSetting =
  /macro|script|link|printer|password|redline.*key|database|template|basic|user/i;

export interface OdfScope {
  readonly context: Pick<JobContext, "limits" | "tally" | "warnings">;
  /** Whether the package keeps what this address points to, seen from the part. */
  keeps(target: string): boolean;
}

class OdfRules implements XmlRules {
  readonly #scope: OdfScope;

  constructor(scope: OdfScope) {
    this.#scope = scope;
  }

  element(element: XmlElement): Decision {
    const removed = forbiddenOdf.get(element.local);
    if (removed !== undefined) {
      // Every text document carries an empty list of forms and of scripts; only what was in it counts.
      if (element.local !== "forms" && element.local !== "scripts")
        this.#scope.context.tally.add(removed);
      return "drop";
    }
    if (element.local === "config-item") {
      const name = element.attributes.find((each) => each.local === "name")?.value ?? "";
      if (forbiddenSetting.test(name)) return "drop";
    }
    return this.#pointsAway(element);
  }

  /** A picture or object whose bytes are not kept has nothing to show; a link loses its address only. */
  #pointsAway(element: XmlElement): Decision {
    const target = element.attributes.find((each) => each.local === "href" && each.uri === xlink);
    if (target === undefined) return "keep";
    // A picture may not be fetched from the web; only a link leads there.
    const fetched = isWebTarget(target.value) && element.local !== "a" && element.local !== "h";
    if (!fetched && this.#mayPoint(target.value)) return "keep";
    if (element.local === "a") {
      this.#scope.context.tally.add("hyperlink");
      return "unwrap";
    }
    // What lies inside is counted where it is left out.
    if (!/^(\.\/)?(Pictures|media|Object|ObjectReplacements)\b/.test(target.value))
      this.#scope.context.tally.add("external-reference");
    return "drop";
  }

  #mayPoint(target: string): boolean {
    return (
      target === "" || target.startsWith("#") || isWebTarget(target) || this.#scope.keeps(target)
    );
  }

  attribute(attribute: XmlAttribute): string | undefined {
    if (attribute.local === "href" && attribute.uri === xlink && !this.#mayPoint(attribute.value))
      return undefined;
    if (attribute.local === "formula" || attribute.local === "condition") {
      if (isAllowedOdfFormula(attribute.value)) return attribute.value;
      this.#scope.context.tally.add("formula");
      this.#scope.context.warnings.add("frozen-formulas");
      return undefined;
    }
    if (attribute.local === "onclick" || attribute.local === "macro-name") return undefined;
    return attribute.value;
  }

  holds(): boolean {
    return false;
  }

  held(_element: XmlElement, text: string): string | undefined {
    return text;
  }
}

/** `of:=` and its kin in front, DDE as a function, other files between quotes and `#`. */
export function isAllowedOdfFormula(formula: string): boolean {
  const body = formula.replace(/^(of|ooow|oooc|msoxl):/, "");
  if (/\bDDE\s*\(|'[a-z]+:\/\/[^']*'#|\bfile:/i.test(body)) return false;
  return isAllowedFormula(body.replace(/;/g, ","));
}

export const makeOdfRules = (scope: OdfScope): XmlRules => new OdfRules(scope);
