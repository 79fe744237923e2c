/**
 * EMF, WMF and StarView's metafiles: programs for a drawing machine that no parser of ours should run. The office box
 * draws them, one to a page of a PDF; poppler turns the pages into pixels, and PNG is what leaves.
 */
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { type JobContext, Refusal } from "../context.ts";
import { identify } from "../identify/identify.ts";
import { type MetafileSize, metafileSize } from "../image/metafile.ts";
import { xmlDeclaration } from "../ooxml/xml.ts";
import { runTool } from "../run-tool.ts";
import type { EngineOutcome } from "./outcome.ts";

/** One document's; the rest is left out. */
const most = 100;
const bytesAtMost = 20 * 1024 ** 2;
/** Of an upright page of A4, in whose upper left corner each is drawn. */
const page: MetafileSize = { widthMm: 190, heightMm: 270 };
const leastMm = 1;
const millimetresPerInch = 25.4;
/** Twice a screen's, as for SVG; small ones are drawn larger, since they are often stretched. */
const dotsPerInch = 192;
const leastPixels = 240;

interface Drawn extends MetafileSize {
  readonly name: string;
  readonly bytes: Buffer;
}

function fitted({ widthMm, heightMm }: MetafileSize): MetafileSize {
  const scale = Math.min(page.widthMm / widthMm, page.heightMm / heightMm, 1);
  return {
    widthMm: Math.max(widthMm * scale, leastMm),
    heightMm: Math.max(heightMm * scale, leastMm),
  };
}

/** Only numbers and base64 go in: nothing of a picture can be more than its bytes. */
function drawingOf(pictures: readonly Drawn[]): Buffer {
  const namespaces = [
    ["office", "office"],
    ["style", "style"],
    ["draw", "drawing"],
    ...["svg", "fo"].map(
      (name) => [name, `${name === "fo" ? "xsl-fo" : name}-compatible`] as const,
    ),
  ].map(([prefix, name]) => `xmlns:${prefix}="urn:oasis:names:tc:opendocument:xmlns:${name}:1.0"`);
  const pages = pictures.map(
    ({ bytes, widthMm, heightMm }) =>
      `<draw:page draw:master-page-name="m"><draw:frame svg:x="0mm" svg:y="0mm" svg:width="${widthMm.toFixed(2)}mm" svg:height="${heightMm.toFixed(2)}mm"><draw:image><office:binary-data>${bytes.toString("base64")}</office:binary-data></draw:image></draw:frame></draw:page>`,
  );
  return Buffer.from(
    `${xmlDeclaration}<office:document ${namespaces.join(" ")} office:mimetype="application/vnd.oasis.opendocument.graphics" office:version="1.3"><office:automatic-styles><style:page-layout style:name="l"><style:page-layout-properties fo:page-width="210mm" fo:page-height="297mm"/></style:page-layout></office:automatic-styles><office:master-styles><style:master-page style:name="m" style:page-layout-name="l"/></office:master-styles><office:body><office:drawing>${pages.join("")}</office:drawing></office:body></office:document>`,
  );
}

/** LibreOffice paints every page white before anything else. */
const paper = /(\/Artifact BMC\nq [^\n]* re\nW\* n\n1 1 1 rg\n(?:[-\d. mlh]+\n){1,4})f\*(\nEMC)/g;

/** Pictures keep what shows through them: the paper is not filled, and no byte of the file moves. */
async function clearPaper(dir: string, { limits }: JobContext): Promise<void> {
  const options = { seconds: limits.toolSeconds, cwd: dir };
  const { exitCode } = await runTool("/usr/bin/qpdf", ["--qdf", "in.pdf", "plain.pdf"], options);
  if (exitCode !== 0) throw new Refusal("failed", "engine-error", "drawing");
  const plain = await readFile(join(dir, "plain.pdf"), "latin1");
  await writeFile(join(dir, "plain.pdf"), plain.replace(paper, "$1n $2"), "latin1");
}

/** Undefined when nothing was drawn: a picture that no program reads. */
async function drawPage(
  dir: string,
  number: number,
  { widthMm, heightMm }: Drawn,
  context: JobContext,
): Promise<Buffer | undefined> {
  const longestInch = Math.max(widthMm, heightMm) / millimetresPerInch;
  const resolution = Math.ceil(Math.max(dotsPerInch, leastPixels / longestInch));
  const pixels = (mm: number): string => String(Math.ceil((mm / millimetresPerInch) * resolution));
  const made = await runTool(
    "/usr/bin/pdftocairo",
    [
      ...["-png", "-transp", "-singlefile", "-f", String(number), "-l", String(number)],
      ...["-r", String(resolution), "-x", "0", "-y", "0", "-W", pixels(widthMm)],
      ...["-H", pixels(heightMm), "plain.pdf", "out"],
    ],
    { seconds: context.limits.toolSeconds, cwd: dir },
  );
  const drawn = await readFile(join(dir, "out.png")).catch(() => undefined);
  if (made.exitCode !== 0 || drawn === undefined) return undefined;
  await rm(join(dir, "out.png"));
  const { channels } = await sharp(drawn).stats();
  return channels.at(-1)?.max === 0 ? undefined : sharp(drawn).png().toBuffer();
}

async function drawAll(
  pictures: readonly Drawn[],
  context: JobContext,
): Promise<Map<string, Buffer>> {
  const pdf = await context.convert("drawing", drawingOf(pictures));
  if (identify(pdf, "pdf", context.limits) !== "pdf")
    throw new Refusal("failed", "verifier-disagreed", "drawn as something else");
  // Rules and virus scanner see what LibreOffice made of it, too.
  context.found.push({ name: "drawing.pdf", bytes: pdf });
  const dir = join(context.workDir, "drawing");
  await mkdir(dir, { recursive: true });
  try {
    await writeFile(join(dir, "in.pdf"), pdf);
    await clearPaper(dir, context);
    const drawn = new Map<string, Buffer>();
    for (const [index, picture] of pictures.entries()) {
      const png = await drawPage(dir, index + 1, picture, context);
      if (png !== undefined) drawn.set(picture.name, png);
    }
    return drawn;
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/**
 * PNG of each that can be drawn, under the names they were given; the others are missing. Throws Refusal where none
 * can be: no office image, its time over.
 */
export async function drawMetafiles(
  metafiles: ReadonlyMap<string, Buffer>,
  context: JobContext,
): Promise<ReadonlyMap<string, Buffer>> {
  let left = bytesAtMost;
  const pictures = [...metafiles]
    .slice(0, most)
    .filter(([, bytes]) => (left -= bytes.length) >= 0)
    .map(([name, bytes]) => ({ name, bytes, ...fitted(metafileSize(bytes)) }));
  return pictures.length === 0 ? new Map() : drawAll(pictures, context);
}

export async function sanitizeMetafile(context: JobContext): Promise<EngineOutcome> {
  if (context.bytes.length > bytesAtMost) throw new Refusal("blocked", "size-limit");
  context.progress("rebuild", 0.3);
  const bytes = (await drawMetafiles(new Map([["", context.bytes]]), context)).get("");
  if (bytes === undefined) throw new Refusal("blocked", "damaged", "nothing is drawn");
  return { kind: "converted", type: "png", bytes, reason: "format-converted" };
}
