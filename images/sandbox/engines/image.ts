/**
 * Images: decoded to pixels, turned upright, encoded anew in the same format. What is not pixels or colour
 * profile (EXIF, GPS, XMP, comments, bytes after the end) cannot survive. Only five decoders and
 * the drawing of SVG are unlocked.
 */
import sharp, { type Metadata, type Sharp } from "sharp";
import { Refusal, type JobContext } from "../context.ts";
import { decodeBitmap } from "../image/bitmap.ts";
import type { EngineOutcome } from "./outcome.ts";

type ImageType = "gif" | "jpeg" | "png" | "tiff" | "webp";

sharp.cache(false);
sharp.concurrency(1);
sharp.block({ operation: ["VipsForeignLoad"] });
sharp.unblock({
  operation: [
    "VipsForeignLoadJpegBuffer",
    "VipsForeignLoadPngBuffer",
    "VipsForeignLoadNsgifBuffer",
    "VipsForeignLoadWebpBuffer",
    "VipsForeignLoadTiffBuffer",
    "VipsForeignLoadSvgBuffer",
  ],
});

const gpsTag = { big: Buffer.from([0x88, 0x25]), little: Buffer.from([0x25, 0x88]) };

function tallyMetadata(metadata: Metadata, context: Pick<JobContext, "tally">): void {
  if (metadata.exif !== undefined) {
    context.tally.add("metadata");
    if (metadata.exif.includes(gpsTag.big) || metadata.exif.includes(gpsTag.little))
      context.tally.add("location");
  }
  if (metadata.xmp !== undefined) context.tally.add("metadata");
  if (metadata.iptc !== undefined) context.tally.add("metadata");
}

/** Where the format itself says the picture ends, when that is cheap to know. */
function endOf(type: ImageType, bytes: Buffer): number {
  switch (type) {
    case "png":
      return bytes.lastIndexOf("IEND", undefined, "latin1") + 8;
    case "webp":
      return bytes.length >= 8 ? bytes.readUInt32LE(4) + 8 : bytes.length;
    case "jpeg":
      return bytes.lastIndexOf(Buffer.from([0xff, 0xd9])) + 2;
    case "gif":
      return bytes.lastIndexOf(0x3b) + 1;
    case "tiff":
      // Its directory may lie anywhere; the rebuild carries over pixels alone.
      return bytes.length;
  }
}

function encode(image: Sharp, type: ImageType, metadata: Metadata, filtered: boolean): Sharp {
  switch (type) {
    case "jpeg":
      // Colour as fine as it came in. Tables of its own would take as long again, for a tenth of the size.
      return image.jpeg({
        quality: 90,
        chromaSubsampling: metadata.chromaSubsampling === "4:2:0" ? "4:2:0" : "4:4:4",
        optimiseCoding: false,
      });
    case "png":
      return image.png({
        compressionLevel: 6,
        palette: metadata.isPalette,
        adaptiveFiltering: filtered,
      });
    case "gif":
      return image.gif();
    case "webp":
      return image.webp({ quality: 90 });
    case "tiff":
      return image.tiff({ compression: "deflate", predictor: "horizontal" });
  }
}

/** Below this many bytes for each sample a PNG is, as a rule, a drawing or a screen. */
const filteredFrom = 0.1;
const grownTooMuch = 1.2;

/**
 * To try all filters on every row is most of the work on a PNG, and keeps photographs and gradients at the size they
 * came in. Drawings and screens pack as well without; where one grows nevertheless, it is encoded once more.
 */
async function encoded(
  image: Sharp,
  type: ImageType,
  metadata: Metadata,
  packedBytes: number,
): Promise<Buffer> {
  const samples = metadata.width * metadata.height * metadata.channels;
  const mayFilter = type === "png" && !metadata.isPalette;
  const filtered = mayFilter && packedBytes >= filteredFrom * samples;
  const output = await encode(image.clone(), type, metadata, filtered).toBuffer();
  const grown = mayFilter && !filtered && output.length > grownTooMuch * packedBytes;
  return grown ? encode(image, type, metadata, true).toBuffer() : output;
}

function checkSize(metadata: Metadata, context: Pick<JobContext, "limits">): void {
  const frames = metadata.pages ?? 1;
  const pixels = metadata.width * metadata.height;
  if (frames > context.limits.imageFrames)
    throw new Refusal("blocked", "pixel-limit", `${frames} frames`);
  if (pixels > context.limits.imagePixels)
    throw new Refusal("blocked", "pixel-limit", `${pixels} pixels`);
}

/** Decodes and encodes; throws Refusal for what does not decode. */
export async function reencode(
  bytes: Buffer,
  type: ImageType,
  context: Pick<JobContext, "limits" | "tally">,
): Promise<Buffer> {
  // All pages of a scanned TIFF, all frames of a moving picture.
  const animated = type === "gif" || type === "webp" || type === "tiff";
  const options = {
    limitInputPixels: context.limits.imagePixels,
    failOn: "error",
    animated,
  } as const;
  try {
    const metadata = await sharp(bytes, options).metadata();
    if (metadata.format !== type) throw new Refusal("blocked", "damaged", metadata.format);
    checkSize(metadata, context);
    const upright = sharp(bytes, options).autoOrient().keepIccProfile();
    const output = await encoded(upright, type, metadata, bytes.length);
    tallyMetadata(metadata, context);
    return output;
  } catch (error) {
    if (error instanceof Refusal) throw error;
    const detail = error instanceof Error ? error.message : "";
    throw new Refusal("blocked", /pixel limit/i.test(detail) ? "pixel-limit" : "damaged", detail);
  }
}

async function verify(output: Buffer, type: ImageType): Promise<void> {
  const metadata = await sharp(output, { animated: true }).metadata();
  const clean =
    metadata.format === type && metadata.exif === undefined && metadata.xmp === undefined;
  if (!clean || endOf(type, output) !== output.length)
    throw new Refusal("failed", "verifier-disagreed");
}

export async function sanitizeImage(type: ImageType, context: JobContext): Promise<EngineOutcome> {
  context.progress("rebuild", 0.3);
  const output = await reencode(context.bytes, type, context);
  const trailing = context.bytes.length - endOf(type, context.bytes);
  if (trailing > 0) context.tally.add("trailing-data");
  context.progress("verify", 0.9);
  await verify(output, type);
  return { kind: "rebuilt", type, bytes: output };
}

/** Windows bitmaps: read by our own decoder, handed out as PNG, which every program reads. */
export async function bitmapAsPng(
  bytes: Buffer,
  context: Pick<JobContext, "limits">,
): Promise<Buffer> {
  const { width, height, rgba } = decodeBitmap(bytes, context.limits.imagePixels);
  const raw = { width, height, channels: 4 } as const;
  return sharp(rgba, { raw }).removeAlpha().png({ compressionLevel: 7 }).toBuffer();
}

const svgDensity = 144;

/** What sharp decodes or draws, as PNG; of several pages the first. Throws Refusal for what does not decode. */
export async function toPng(
  bytes: Buffer,
  context: Pick<JobContext, "limits">,
  more: { readonly density?: number } = {},
): Promise<Buffer> {
  const options = { ...more, limitInputPixels: context.limits.imagePixels };
  try {
    checkSize(await sharp(bytes, options).metadata(), context);
    return await sharp(bytes, options).autoOrient().png().toBuffer();
  } catch (error) {
    if (error instanceof Refusal) throw error;
    const detail = error instanceof Error ? error.message : "";
    throw new Refusal("blocked", /pixel limit/i.test(detail) ? "pixel-limit" : "damaged", detail);
  }
}

/** Vector pictures can run scripts and load pages; what is kept is how they look, at twice the size. */
export const svgAsPng = (bytes: Buffer, context: Pick<JobContext, "limits">): Promise<Buffer> =>
  toPng(bytes, context, { density: svgDensity });

async function asPng(bytes: Buffer): Promise<EngineOutcome> {
  await verify(bytes, "png");
  return { kind: "converted", type: "png", bytes, reason: "format-converted" };
}

export async function sanitizeBitmap(context: JobContext): Promise<EngineOutcome> {
  context.progress("rebuild", 0.5);
  return asPng(await bitmapAsPng(context.bytes, context));
}

const svgOutside =
  /(?:href|src)\s*=\s*["']\s*(?!#|data:image\/)|url\s*\(\s*["']?(?!#)|<!ENTITY|<foreignObject/i;

export async function sanitizeSvg(context: JobContext): Promise<EngineOutcome> {
  const text = context.bytes.toString("utf8");
  if (/<script|\son[a-z]+\s*=|javascript:/i.test(text)) context.tally.add("script");
  if (svgOutside.test(text.replace(/xmlns[^=]*="[^"]*"/g, "")))
    context.tally.add("external-reference");
  context.progress("rebuild", 0.5);
  return asPng(await svgAsPng(context.bytes, context));
}
