/**
 * What may stay inside the XML of one part. References to relationships that were not kept lose their
 * element; the names below go wherever they stand; formulas, fields and actions are judged by value.
 */
import type { RemovedClass } from "../../wire/file-words.ts";
import type { JobContext } from "../context.ts";
import { isAllowedField, scanFields } from "./fields.ts";
import { isAllowedFormula } from "./formulas.ts";
import { isWebTarget } from "./relationships.ts";
import { readXml, type XmlAttribute, type XmlElement } from "./read-xml.ts";
import type { Decision, XmlRules } from "./xml.ts";

const relationshipNamespaces = new Set([
  "http://schemas.openxmlformats.org/officeDocument/2006/relationships",
  "http://purl.oclc.org/ooxml/officeDocument/relationships",
]);

/** Elements that go wherever they stand; undefined goes without a word. */
const forbiddenElements: ReadonlyMap<string, RemovedClass | undefined> = new Map<
  string,
  RemovedClass | undefined
>([
  ["OLEObject", "embedded-object"],
  ["oleObj", "embedded-object"],
  ["oleObjects", "embedded-object"],
  ["oleObject", "embedded-object"],
  ["oleLink", "embedded-object"],
  ["ddeLink", "external-reference"],
  ["objectEmbed", "embedded-object"],
  ["objectLink", "embedded-object"],
  ["altChunk", "embedded-object"],
  ["control", "activex"],
  ["controls", "activex"],
  ["ocx", "activex"],
  ["subDoc", "external-reference"],
  ["attachedTemplate", "external-template"],
  ["mailMerge", "external-reference"],
  ["frameset", "external-reference"],
  ["externalData", "external-reference"],
  ["externalReferences", "external-reference"],
  ["webPublishing", undefined],
  ["webPublishItems", undefined],
  ["functionGroups", undefined],
  ["docVars", undefined],
  ["movie", "media"],
  ["sndAc", "media"],
  ["snd", "media"],
  ["script", "script"],
  ["FmlaMacro", "macro"],
  ["ScriptText", "script"],
  ["ScriptLanguage", undefined],
  ["ScriptExtended", undefined],
  ["ScriptLocation", undefined],
  ["HyperlinkBase", "hyperlink"],
  ["Template", undefined],
]);

const formulaElements = new Set(
  "f formula formula1 formula2 calculatedColumnFormula totalsRowFormula definedName".split(" "),
);
const slideActions = /^ppaction:\/\/(hlinksldjump|hlinkshowjump|noaction|customshow)/i;
const vml = "urn:schemas-microsoft-com:vml";
const chartNamespace = /drawingml\/(2006\/)?chart$/;

export interface PartScope {
  readonly context: Pick<JobContext, "limits" | "tally" | "warnings">;
  readonly kind: "docx" | "pptx" | "xlsx";
  /** Relationship ids of this part that were kept. */
  readonly keptIds: ReadonlySet<string>;
}

/** Slides show an embedded object through a frame; without the object the frame is empty and goes too. */
function scanFrames(xml: string, depthLimit: number): Set<number> {
  const doomed = new Set<number>();
  // Names are never written by reference: where the word is missing, so is the element.
  if (!xml.includes("oleObj")) return doomed;
  readXml(xml, depthLimit, {
    open(element, ancestors) {
      if (element.local !== "oleObj") return;
      const frame = ancestors.findLast((each) => each.local === "graphicFrame");
      if (frame !== undefined) doomed.add(frame.ordinal);
    },
    text: () => undefined,
    close: () => undefined,
  });
  return doomed;
}

const attributeOf = (element: XmlElement, local: string): string | undefined =>
  element.attributes.find((each) => each.local === local)?.value;

class PartRules implements XmlRules {
  readonly #scope: PartScope;
  readonly #doomed: ReadonlySet<number>;
  readonly #droppedShared = new Set<string>();

  constructor(scope: PartScope, doomed: ReadonlySet<number>) {
    this.#scope = scope;
    this.#doomed = doomed;
  }

  #count(removed: RemovedClass): void {
    this.#scope.context.tally.add(removed);
  }

  element(element: XmlElement): Decision {
    if (this.#doomed.has(element.ordinal)) return "drop";
    if (forbiddenElements.has(element.local) && !this.#isHarmlessNamesake(element)) {
      const removed = forbiddenElements.get(element.local);
      if (removed !== undefined) this.#count(removed);
      return "drop";
    }
    if (element.local === "fldSimple" && !isAllowedField(attributeOf(element, "instr") ?? "")) {
      this.#count("field");
      return "unwrap";
    }
    if (this.#isForbiddenSlideAction(element)) {
      this.#count("action");
      return "drop";
    }
    return this.#danglingDecision(element);
  }

  /** `control` and `script` are also plain words of DrawingML and mathematics; `Template` belongs to app.xml. */
  #isHarmlessNamesake(element: XmlElement): boolean {
    if (element.local === "Template" || element.local === "HyperlinkBase")
      return !element.uri.includes("extended-properties");
    if (element.local === "script") return element.uri.includes("/math");
    return false;
  }

  #isForbiddenSlideAction(element: XmlElement): boolean {
    if (!element.local.startsWith("hlink")) return false;
    const action = attributeOf(element, "action");
    return action !== undefined && action !== "" && !slideActions.test(action);
  }

  /** An element that points at a relationship which is not there any more. */
  #danglingDecision(element: XmlElement): Decision {
    const dangling = element.attributes.some((each) => this.#isDangling(each));
    if (!dangling || element.local === "blip") return "keep";
    return element.local === "hyperlink" && this.#scope.kind === "docx" ? "unwrap" : "drop";
  }

  #isDangling(attribute: XmlAttribute): boolean {
    return (
      attribute.uri !== "" &&
      relationshipNamespaces.has(attribute.uri) &&
      attribute.value !== "" &&
      !this.#scope.keptIds.has(attribute.value)
    );
  }

  attribute(attribute: XmlAttribute, element: XmlElement): string | undefined {
    // Nearly all: of no namespace, outside VML. Nothing below is about them.
    if (attribute.uri === "" && element.uri !== vml && attribute.local !== "macro")
      return attribute.value;
    if (this.#isDangling(attribute)) return undefined;
    if (attribute.local === "macro" && attribute.value !== "") {
      this.#count("macro");
      return "";
    }
    const inVml = element.uri === vml || attribute.uri.startsWith("urn:schemas-microsoft-com:");
    if (inVml && /^(href|src|althref)$/.test(attribute.local) && !isWebTarget(attribute.value))
      return undefined;
    if (inVml && attribute.local === "src") return undefined;
    return inVml && /^on[a-z]/.test(attribute.local) && attribute.local !== "on"
      ? this.#dropEvent(attribute)
      : attribute.value;
  }

  /** VML's `on`, `oned` and the like are switches; `onclick` and its kind are scripts. */
  #dropEvent(attribute: XmlAttribute): string | undefined {
    if (!/^on(click|mouse|load|key|focus|blur)/.test(attribute.local)) return attribute.value;
    this.#count("script");
    return undefined;
  }

  holds(element: XmlElement): boolean {
    return formulaElements.has(element.local) && this.#scope.kind === "xlsx"
      ? true
      : this.#isChartFormula(element);
  }

  #isChartFormula(element: XmlElement): boolean {
    return element.local === "f" && chartNamespace.test(element.uri);
  }

  held(element: XmlElement, text: string): string | undefined {
    const shared = attributeOf(element, "si");
    if (element.local === "f" && shared !== undefined && this.#droppedShared.has(shared))
      return undefined;
    if (this.#isAllowedHeld(element, text)) return text;
    this.#count("formula");
    this.#scope.context.warnings.add("frozen-formulas");
    if (element.local === "f" && shared !== undefined) this.#droppedShared.add(shared);
    return this.#isChartFormula(element) ? "" : undefined;
  }

  #isAllowedHeld(element: XmlElement, text: string): boolean {
    if (element.local === "definedName") {
      const name = attributeOf(element, "name") ?? "";
      if (/^_xlnm\.auto_|^auto_(open|close|activate|deactivate)/i.test(name)) return false;
      const runs = ["function", "vbProcedure", "xlm"].some((each) =>
        /^(1|true)$/.test(attributeOf(element, each) ?? ""),
      );
      if (runs) return false;
    }
    return isAllowedFormula(text);
  }
}

export function makePartRules(xml: string, scope: PartScope): XmlRules {
  const { limits, tally } = scope.context;
  if (scope.kind === "docx") {
    const { doomed, refused } = scanFields(xml, limits.xmlDepth);
    if (refused > 0) tally.add("field", refused);
    return new PartRules(scope, doomed);
  }
  return new PartRules(scope, scope.kind === "pptx" ? scanFrames(xml, limits.xmlDepth) : new Set());
}
