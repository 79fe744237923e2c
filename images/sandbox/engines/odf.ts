/**
 * OpenDocument text, sheets and slides: a new package of the parts we know, XML rewritten under odf/rules.ts,
 * pictures encoded or drawn anew. Charts and formulas inside stay (they are documents of the same format); programs,
 * Basic libraries, previews, fonts and signatures are not carried over.
 */
import { posix } from "node:path";
import { type JobContext, passwordReason, Refusal } from "../context.ts";
import { decryptOdf, sealedEntries } from "../odf/decrypt.ts";
import { makeOdfRules, forbiddenOdf } from "../odf/rules.ts";
import { type OfficePackage, openPackage } from "../ooxml/open-package.ts";
import { readXml } from "../ooxml/read-xml.ts";
import { decodeXml, rewriteXml, xmlDeclaration } from "../ooxml/xml.ts";
import { type ZipMember, writeZip } from "../zip/write.ts";
import type { EngineOutcome } from "./outcome.ts";
import { rebuildPictures } from "./pictures-inside.ts";

type Kind = "odp" | "ods" | "odt";

const mediaTypes: Readonly<Record<Kind, string>> = {
  odt: "application/vnd.oasis.opendocument.text",
  ods: "application/vnd.oasis.opendocument.spreadsheet",
  odp: "application/vnd.oasis.opendocument.presentation",
};

const mainParts = /^(content|styles|settings)\.xml$/;
const objectParts = /^Object[^/]{1,40}\/(content|styles)\.xml$/;
const pictures =
  /^(Pictures|ObjectReplacements|media)\/[^/]{1,200}$|^Object[^/]{1,40}\/Pictures\/[^/]{1,200}$/;
/** Objects that are documents of this format and hold no program. */
const harmlessObject = /^application\/vnd\.oasis\.opendocument\.(chart|formula)$/;

function manifestTypes(opened: OfficePackage, depth: number): Map<string, string> {
  const types = new Map<string, string>();
  if (!opened.has("META-INF/manifest.xml")) throw new Refusal("blocked", "damaged", "no manifest");
  readXml(decodeXml(opened.read("META-INF/manifest.xml")), depth, {
    open(element) {
      if (element.local !== "file-entry") return;
      const value = (name: string): string =>
        element.attributes.find((each) => each.local === name)?.value ?? "";
      types.set(value("full-path"), value("media-type"));
    },
    text: () => undefined,
    close: () => undefined,
  });
  return types;
}

class OdfRebuild {
  readonly #opened: OfficePackage;
  readonly #context: JobContext;
  readonly #types: ReadonlyMap<string, string>;
  readonly #kept = new Map<string, { data: Buffer; mediaType: string }>();

  constructor(opened: OfficePackage, context: JobContext) {
    this.#opened = opened;
    this.#context = context;
    this.#types = manifestTypes(opened, context.limits.xmlDepth);
  }

  async run(kind: Kind): Promise<ZipMember[]> {
    const names = this.#opened.names;
    await this.#keepPictures(names.filter((each) => pictures.test(each)));
    for (const name of names.filter((each) => objectParts.test(each) && this.#isHarmless(each)))
      this.#keepXml(name);
    for (const name of names.filter((each) => mainParts.test(each))) this.#keepXml(name);
    if (!this.#kept.has("content.xml")) throw new Refusal("blocked", "damaged", "no content");
    this.#countRest(names);
    return this.#members(kind);
  }

  #isHarmless(part: string): boolean {
    const folder = part.split("/")[0] ?? "";
    const type = this.#types.get(`${folder}/`) ?? this.#types.get(folder) ?? "";
    return harmlessObject.test(type);
  }

  async #keepPictures(names: readonly string[]): Promise<void> {
    const bytes = new Map(names.map((name) => [name, this.#opened.read(name)]));
    for (const [name, { data, type }] of await rebuildPictures(bytes, this.#context))
      this.#kept.set(name, { data, mediaType: `image/${type}` });
  }

  #keepXml(name: string): void {
    const leave = this.#context.tally.enter(name);
    const folder = posix.dirname(name);
    const rules = makeOdfRules({
      context: this.#context,
      keeps: (target) => this.#holds(posix.normalize(posix.join(folder, target))),
    });
    const xml = decodeXml(this.#opened.read(name));
    const data = Buffer.from(rewriteXml(xml, this.#context.limits.xmlDepth, rules), "utf8");
    this.#kept.set(name, { data, mediaType: "text/xml" });
    leave();
  }

  #holds(target: string): boolean {
    return this.#kept.has(target) || this.#kept.has(`${target.replace(/\/$/, "")}/content.xml`);
  }

  #countRest(names: readonly string[]): void {
    const { tally } = this.#context;
    for (const name of names) {
      if (this.#kept.has(name) || /^(mimetype|META-INF\/manifest\.xml)$/.test(name)) continue;
      if (/^(Basic|Scripts)\//.test(name)) tally.add("macro");
      else if (/^meta\.xml$/.test(name)) tally.add("metadata");
      else if (/^Thumbnails\//.test(name)) tally.add("thumbnail");
      else if (/^META-INF\/.*signatures\.xml$/.test(name)) tally.add("signature");
      else if (/^Fonts\//.test(name)) tally.add("font");
      else if (/^Object /.test(name)) tally.add("embedded-object");
      else if (!pictures.test(name) && !/^(Configurations2|layout-cache|manifest\.rdf)/.test(name))
        tally.add("unknown-part");
    }
  }

  #members(kind: Kind): ZipMember[] {
    const entries = [...this.#kept].map(
      ([name, { mediaType }]) =>
        `<manifest:file-entry manifest:full-path="${name.replaceAll("&", "&amp;").replaceAll('"', "&quot;").replaceAll("<", "&lt;")}" manifest:media-type="${mediaType}"/>`,
    );
    const objects = new Set(
      [...this.#kept.keys()]
        .filter((name) => objectParts.test(name))
        .map((name) => name.split("/")[0] ?? ""),
    );
    const folders = [...objects].map(
      (folder) =>
        `<manifest:file-entry manifest:full-path="${folder}/" manifest:media-type="${this.#types.get(`${folder}/`) ?? ""}"/>`,
    );
    const manifest = `${xmlDeclaration}<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0" manifest:version="1.3"><manifest:file-entry manifest:full-path="/" manifest:version="1.3" manifest:media-type="${mediaTypes[kind]}"/>${folders.join("")}${entries.join("")}</manifest:manifest>`;
    return [
      // The format wants this one first and unpacked, so that a look at the first bytes tells the type.
      { name: "mimetype", data: Buffer.from(mediaTypes[kind]), store: true },
      ...[...this.#kept].map(([name, { data, mediaType }]) => ({
        name,
        data,
        store: mediaType.startsWith("image/"),
      })),
      { name: "META-INF/manifest.xml", data: Buffer.from(manifest) },
    ];
  }
}

async function verify(output: Buffer, context: JobContext): Promise<void> {
  try {
    const opened = await openPackage(output, context.limits);
    for (const name of opened.names.filter((each) => each.endsWith(".xml"))) {
      readXml(decodeXml(opened.read(name)), context.limits.xmlDepth, {
        open(element) {
          if (forbiddenOdf.has(element.local)) throw new Refusal("failed", "verifier-disagreed");
          const href = element.attributes.find((each) => each.local === "href")?.value ?? "";
          if (/^(file|vnd\.sun|macro|script|javascript):/i.test(href))
            throw new Refusal("failed", "verifier-disagreed");
        },
        text: () => undefined,
        close: () => undefined,
      });
    }
  } catch (error) {
    if (error instanceof Refusal) throw new Refusal("failed", "verifier-disagreed", error.message);
    throw error;
  }
}

/** The package, or the one inside that the password opens. */
async function openOdf(context: JobContext): Promise<OfficePackage> {
  const opened = await openPackage(context.bytes, context.limits);
  const sealed = sealedEntries(opened, context.limits.xmlDepth);
  if (sealed.length === 0) return opened;
  const plain = decryptOdf(opened, sealed, context.job.passwords, context.limits);
  if (plain === undefined) throw new Refusal("needs_password", passwordReason(context));
  context.tally.add("encryption");
  context.found.push({ name: context.job.name, bytes: plain });
  return openPackage(plain, context.limits);
}

export async function sanitizeOdf(kind: Kind, context: JobContext): Promise<EngineOutcome> {
  context.progress("unpack", 0.2);
  const opened = await openOdf(context);
  const output = writeZip(await new OdfRebuild(opened, context).run(kind));
  context.progress("verify", 0.85);
  await verify(output, context);
  return { kind: "rebuilt", type: kind, bytes: output };
}
