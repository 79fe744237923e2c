/** Plain XML: read strictly, written anew without DTD, comments and processing instructions. */
import type { JobContext } from "../context.ts";
import { decodeXml, rewriteXml, type XmlRules } from "../ooxml/xml.ts";
import type { EngineOutcome } from "./outcome.ts";

const keepAll: XmlRules = {
  element: () => "keep",
  attribute: (attribute) => attribute.value,
  holds: () => false,
  held: (_element, text) => text,
};

export function sanitizeXml(context: JobContext): EngineOutcome {
  const xml = decodeXml(context.bytes);
  if (/<\?xml-stylesheet\b/.test(xml)) context.tally.add("external-reference");
  const rewritten = rewriteXml(xml, context.limits.xmlDepth, keepAll);
  return { kind: "rebuilt", type: "xml", bytes: Buffer.from(rewritten, "utf8") };
}
