/**
 * Word, Excel and PowerPoint packages: a new package is built from the parts that allowed relationships
 * reach. XML is rewritten under part-rules.ts, pictures are re-encoded, everything else is not carried
 * over. docm, xlsm, pptm and their templates become their kind without macros.
 */
import { Refusal, type JobContext } from "../context.ts";
import { identifyByMagic } from "../identify/magic.ts";
import { type CollectedPackage, type CollectedPart, collectParts } from "../ooxml/collect-parts.ts";
import { parseContentTypes, writeContentTypes } from "../ooxml/content-types.ts";
import { type OfficePackage, openPackage } from "../ooxml/open-package.ts";
import { makePartRules } from "../ooxml/part-rules.ts";
import { relationshipsPath, writeRelationships } from "../ooxml/relationships.ts";
import { verifyPackage } from "../ooxml/verify.ts";
import { decodeXml, rewriteXml } from "../ooxml/xml.ts";
import { type ZipMember, writeZip } from "../zip/write.ts";
import { reencode } from "./image.ts";
import type { EngineOutcome } from "./outcome.ts";

type Kind = "docx" | "pptx" | "xlsx";

const externalPivot = /<(?:\w+:)?cacheSource\b[^>]*\btype="(?!worksheet")/;

function rebuildXml(part: CollectedPart, bytes: Buffer, kind: Kind, context: JobContext): Buffer {
  const xml = decodeXml(bytes);
  if (externalPivot.test(xml)) throw new Refusal("needs_approval", "external-pivot");
  const keptIds = new Set(part.relationships.map((each) => each.id));
  const rules = makePartRules(xml, { context, kind, keptIds });
  return Buffer.from(rewriteXml(xml, context.limits.xmlDepth, rules), "utf8");
}

/** By its bytes, not by what the package calls it. */
async function rebuildImage(
  bytes: Buffer,
  context: JobContext,
): Promise<{ data: Buffer; mediaType: string }> {
  const type = identifyByMagic(bytes);
  if (type !== "png" && type !== "jpeg" && type !== "gif")
    throw new Refusal("blocked", "damaged", "picture inside");
  return { data: await reencode(bytes, type, context), mediaType: `image/${type}` };
}

async function rebuildParts(
  opened: OfficePackage,
  collected: CollectedPackage,
  kind: Kind,
  context: JobContext,
): Promise<ZipMember[]> {
  const members: ZipMember[] = [
    { name: "_rels/.rels", data: Buffer.from(writeRelationships(collected.rootRelationships)) },
  ];
  const types = new Map<string, string>();
  for (const [index, part] of collected.parts.entries()) {
    context.progress("rebuild", 0.3 + (0.5 * index) / collected.parts.length);
    const bytes = opened.read(part.name);
    const leave = context.tally.enter(part.name);
    if (part.kind === "image") {
      const { data, mediaType } = await rebuildImage(bytes, context);
      types.set(part.name, mediaType);
      members.push({ name: part.name, data, store: true });
    } else {
      types.set(part.name, part.contentType);
      members.push({ name: part.name, data: rebuildXml(part, bytes, kind, context) });
    }
    leave();
    if (part.relationships.length > 0) {
      const data = Buffer.from(writeRelationships(part.relationships));
      members.push({ name: relationshipsPath(part.name), data });
    }
  }
  return [{ name: "[Content_Types].xml", data: Buffer.from(writeContentTypes(types)) }, ...members];
}

export async function sanitizeOoxml(kind: Kind, context: JobContext): Promise<EngineOutcome> {
  context.progress("unpack", 0.2);
  const opened = await openPackage(context.bytes, context.limits);
  const types = parseContentTypes(
    decodeXml(opened.read("[Content_Types].xml")),
    context.limits.xmlDepth,
  );
  const collected = collectParts(opened, types, context);
  const output = writeZip(await rebuildParts(opened, collected, kind, context));
  context.progress("verify", 0.85);
  await verifyPackage(output, context.limits);
  return { kind: "rebuilt", type: collected.output, bytes: output };
}
