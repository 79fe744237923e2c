/**
 * Word, Excel and PowerPoint packages: a new package is built from the parts that allowed relationships
 * reach. XML is rewritten under part-rules.ts, pictures are encoded or drawn anew, everything else is not carried
 * over. docm, xlsm, pptm and their templates become their kind without macros.
 */
import { Refusal, type JobContext } from "../context.ts";
import { type CollectedPackage, type CollectedPart, collectParts } from "../ooxml/collect-parts.ts";
import { parseContentTypes, partKey, writeContentTypes } from "../ooxml/content-types.ts";
import { type OfficePackage, openPackage } from "../ooxml/open-package.ts";
import { makePartRules } from "../ooxml/part-rules.ts";
import { relationshipsPath, resolveTarget, writeRelationships } from "../ooxml/relationships.ts";
import { verifyPackage } from "../ooxml/verify.ts";
import { decodeXml, rewriteXml } from "../ooxml/xml.ts";
import { type ZipMember, writeZip } from "../zip/write.ts";
import type { EngineOutcome } from "./outcome.ts";
import { type RebuiltPicture, rebuildPictures } from "./pictures-inside.ts";

type Kind = "docx" | "pptx" | "xlsx";

const externalPivot = /<(?:\w+:)?cacheSource\b[^>]*\btype="(?!worksheet")/;

/** Drawings for old programs are XML but for two habits of HTML: lines that break, and marks for one browser. */
const asXml = (vml: string): string =>
  vml.replaceAll("<br>", "<br/>").replaceAll(/<!\[(?:if [^<>[\]]{1,40}|endif)\]>/g, "");

function rebuildXml(part: CollectedPart, bytes: Buffer, kind: Kind, context: JobContext): Buffer {
  const written = decodeXml(bytes);
  const xml = part.contentType.includes("vmlDrawing") ? asXml(written) : written;
  if (externalPivot.test(xml)) throw new Refusal("needs_approval", "external-pivot");
  const keptIds = new Set(part.relationships.map((each) => each.id));
  const rules = makePartRules(xml, { context, kind, keptIds });
  return Buffer.from(rewriteXml(xml, context.limits.xmlDepth, rules), "utf8");
}

/** A picture that was drawn anew is PNG, and so its name says, unless that name is taken. */
function renamed(
  pictures: ReadonlyMap<string, RebuiltPicture>,
  collected: CollectedPackage,
): ReadonlyMap<string, string> {
  const taken = new Set(collected.parts.map(({ name }) => partKey(name)));
  const names = new Map<string, string>();
  for (const [name, { redrawn }] of pictures) {
    const better = `${name}.png`;
    if (!redrawn || taken.has(partKey(better))) continue;
    taken.add(partKey(better));
    names.set(partKey(name), better);
  }
  return names;
}

async function withPictures(
  opened: OfficePackage,
  collected: CollectedPackage,
  context: JobContext,
): Promise<{ package: CollectedPackage; pictures: ReadonlyMap<string, RebuiltPicture> }> {
  const all = collected.parts.filter(({ kind }) => kind === "image");
  const pictures = await rebuildPictures(
    new Map(all.map(({ name }) => [name, opened.read(name)])),
    context,
  );
  const gone = new Set(
    all.filter(({ name }) => !pictures.has(name)).map(({ name }) => partKey(name)),
  );
  const names = renamed(pictures, collected);
  const parts = collected.parts
    .filter(({ name }) => !gone.has(partKey(name)))
    .map((part) => ({
      ...part,
      relationships: part.relationships.flatMap((each) => {
        const target = each.external ? undefined : resolveTarget(part.name, each.target);
        if (target === undefined) return [each];
        if (gone.has(partKey(target))) return [];
        const better = names.get(partKey(target));
        return [better === undefined ? each : { ...each, target: `/${better}` }];
      }),
    }));
  const byBetterName = [...pictures].map(
    ([name, picture]) => [names.get(partKey(name)) ?? name, picture] as const,
  );
  return {
    package: {
      ...collected,
      parts: parts.map((part) => ({ ...part, name: names.get(partKey(part.name)) ?? part.name })),
    },
    pictures: new Map(byBetterName),
  };
}

async function rebuildParts(
  opened: OfficePackage,
  all: CollectedPackage,
  kind: Kind,
  context: JobContext,
): Promise<ZipMember[]> {
  context.progress("rebuild", 0.3);
  const { package: collected, pictures } = await withPictures(opened, all, context);
  const members: ZipMember[] = [
    { name: "_rels/.rels", data: Buffer.from(writeRelationships(collected.rootRelationships)) },
  ];
  const types = new Map<string, string>();
  for (const [index, part] of collected.parts.entries()) {
    context.progress("rebuild", 0.5 + (0.3 * index) / collected.parts.length);
    const leave = context.tally.enter(part.name);
    const picture = pictures.get(part.name);
    if (picture === undefined) {
      types.set(part.name, part.contentType);
      const data = rebuildXml(part, opened.read(part.name), kind, context);
      members.push({ name: part.name, data });
    } else {
      types.set(part.name, `image/${picture.type}`);
      members.push({ name: part.name, data: picture.data, store: true });
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
