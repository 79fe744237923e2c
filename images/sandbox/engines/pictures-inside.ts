/**
 * Pictures of Office and ODF documents, by their bytes and not by what the package calls them: JPEG, PNG and GIF are
 * encoded anew, what else can be drawn becomes PNG, and one that cannot be is left out of its document.
 */
import { gunzipSync } from "node:zlib";
import { type JobContext, Refusal } from "../context.ts";
import { identifyByMagic } from "../identify/magic.ts";
import { bitmapAsPng, reencode, svgAsPng, toPng } from "./image.ts";
import { drawMetafiles } from "./metafile.ts";

export interface RebuiltPicture {
  readonly data: Buffer;
  readonly type: "gif" | "jpeg" | "png";
  /** It came in another format: its name should say what it is now. */
  readonly redrawn: boolean;
}

const packedLimitBytes = 20 * 1024 ** 2;

/** emz and wmz are metafiles in gzip. */
function unpacked(bytes: Buffer): Buffer {
  if (identifyByMagic(bytes) !== "gzip") return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: packedLimitBytes });
  } catch {
    return bytes;
  }
}

async function rebuilt(bytes: Buffer, context: JobContext): Promise<RebuiltPicture | undefined> {
  const type = identifyByMagic(bytes);
  const png = async (data: Promise<Buffer>): Promise<RebuiltPicture> => ({
    data: await data,
    type: "png",
    redrawn: true,
  });
  if (type === "png" || type === "jpeg" || type === "gif")
    return { data: await reencode(bytes, type, context), type, redrawn: false };
  if (type === "webp" || type === "tiff") return png(toPng(bytes, context));
  if (type === "bmp") return png(bitmapAsPng(bytes, context));
  return /^[^]{0,300}<svg[\s>]/.test(bytes.toString("utf8", 0, 4096))
    ? png(svgAsPng(bytes, context))
    : undefined;
}

/** Undefined for a picture that does not decode; what is a bomb concerns the whole document. */
async function rebuildOne(bytes: Buffer, context: JobContext): Promise<RebuiltPicture | undefined> {
  try {
    return await rebuilt(bytes, context);
  } catch (error) {
    if (error instanceof Refusal && error.reason === "damaged") return undefined;
    throw error;
  }
}

async function redrawMetafiles(
  metafiles: ReadonlyMap<string, Buffer>,
  context: JobContext,
): Promise<ReadonlyMap<string, Buffer>> {
  try {
    return await drawMetafiles(metafiles, context);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    context.note(error.message);
    return new Map();
  }
}

/** Those that can be rebuilt, under the names they were given. The tally says what became of each of the others. */
export async function rebuildPictures(
  pictures: ReadonlyMap<string, Buffer>,
  context: JobContext,
): Promise<ReadonlyMap<string, RebuiltPicture>> {
  const done = new Map<string, RebuiltPicture>();
  const metafiles = new Map<string, Buffer>();
  const inside = (name: string, action: "removed" | "replaced"): void => {
    const leave = context.tally.enter(name);
    context.tally.add("metafile", 1, action);
    leave();
  };
  for (const [name, packed] of pictures) {
    const bytes = unpacked(packed);
    if (identifyByMagic(bytes) === "metafile") {
      metafiles.set(name, bytes);
      continue;
    }
    const leave = context.tally.enter(name);
    const picture = await rebuildOne(bytes, context);
    if (picture === undefined) context.tally.add("unknown-part");
    else done.set(name, picture);
    leave();
  }
  const drawn = await redrawMetafiles(metafiles, context);
  for (const name of metafiles.keys()) {
    const data = drawn.get(name);
    inside(name, data === undefined ? "removed" : "replaced");
    if (data !== undefined) done.set(name, { data, type: "png", redrawn: true });
  }
  return done;
}
