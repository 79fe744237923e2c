/**
 * Looks at a rebuilt package as a stranger would: zip.js reads what our writer wrote, and every part is
 * held against the lists again. Disagreement means the rebuild is wrong, so nothing is released.
 */
import { Refusal, type JobContext } from "../context.ts";
import { mainKind, parseContentTypes, partKind } from "./content-types.ts";
import { openPackage } from "./open-package.ts";
import { isFollowed, isHyperlink } from "./relationship-types.ts";
import {
  isWebTarget,
  parseRelationships,
  relationshipsPath,
  resolveTarget,
} from "./relationships.ts";
import { readXml } from "./read-xml.ts";
import { decodeXml } from "./xml.ts";

const relationshipsType = "application/vnd.openxmlformats-package.relationships+xml";
const forbidden = new Set(
  "OLEObject oleObj oleObject altChunk ddeLink oleLink externalReferences attachedTemplate subDoc FmlaMacro".split(
    " ",
  ),
);
const relationshipNamespace = /\/relationships$/;

const disagree = (detail: string): never => {
  throw new Refusal("failed", "verifier-disagreed", detail);
};

function checkPart(xml: string, ids: ReadonlySet<string>, name: string, depth: number): void {
  readXml(xml, depth, {
    open(element) {
      if (forbidden.has(element.local)) disagree(`${element.local} in ${name}`);
      for (const { uri, value } of element.attributes) {
        if (relationshipNamespace.test(uri) && value !== "" && !ids.has(value))
          disagree(`dangling ${value} in ${name}`);
      }
    },
    text: () => undefined,
    close: () => undefined,
  });
}

async function check(bytes: Buffer, limits: JobContext["limits"]): Promise<void> {
  const opened = await openPackage(bytes, limits);
  const types = parseContentTypes(decodeXml(opened.read("[Content_Types].xml")), limits.xmlDepth);
  const idsOf = (part: string): Set<string> => {
    const path = relationshipsPath(part);
    if (!opened.has(path)) return new Set();
    const relationships = parseRelationships(decodeXml(opened.read(path)), limits.xmlDepth);
    for (const each of relationships) {
      if (each.external ? !(isHyperlink(each.type) && isWebTarget(each.target)) : false)
        disagree("external relationship");
      if (each.external || isHyperlink(each.type)) continue;
      const target = resolveTarget(part, each.target);
      if (!isFollowed(each.type) || target === undefined || !opened.has(target))
        disagree(`relationship ${each.id}`);
    }
    return new Set(relationships.map((each) => each.id));
  };
  idsOf("");
  for (const name of opened.names) {
    if (name === "[Content_Types].xml" || types.of(name) === relationshipsType) continue;
    const contentType = types.of(name);
    if (/macro|vba|ole|activex/i.test(contentType ?? "")) disagree(`type of ${name}`);
    const kind = mainKind(contentType) === undefined ? partKind(contentType) : "xml";
    if (kind === undefined) disagree(`type of ${name}`);
    if (kind !== "image")
      checkPart(decodeXml(opened.read(name)), idsOf(name), name, limits.xmlDepth);
  }
}

export async function verifyPackage(bytes: Buffer, limits: JobContext["limits"]): Promise<void> {
  try {
    await check(bytes, limits);
  } catch (error) {
    // Whatever the second look trips over, the fault is the rebuild's.
    if (error instanceof Refusal) throw new Refusal("failed", "verifier-disagreed", error.message);
    throw error;
  }
}
