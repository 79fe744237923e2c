/** Web pages: saved ones (.html) and those packed with their pictures (.mht), made into one page that runs nothing. */
import { type JobContext, Refusal } from "../context.ts";
import { cleanHtml, type Picture } from "../html/clean.ts";
import { decodeText } from "../identify/text.ts";
import { identifyByMagic } from "../identify/magic.ts";
import { parseMail } from "../mail/parse.ts";
import { reencode } from "./image.ts";
import type { EngineOutcome } from "./outcome.ts";

const dataPicture = /^data:image\/(?:png|jpe?g|gif|webp);base64,([A-Za-z0-9+/=\s]+)$/i;

async function pictureFrom(bytes: Buffer, context: JobContext): Promise<string | undefined> {
  const type = identifyByMagic(bytes);
  if (type !== "png" && type !== "jpeg" && type !== "gif" && type !== "webp") return undefined;
  try {
    const clean = await reencode(bytes, type, context);
    return `data:image/${type};base64,${clean.toString("base64")}`;
  } catch (error) {
    // A picture that does not decode is left out like one that is not there.
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

const inline =
  (context: JobContext): Picture =>
  async (source) => {
    const encoded = dataPicture.exec(source)?.[1];
    return encoded === undefined ? undefined : pictureFrom(Buffer.from(encoded, "base64"), context);
  };

/** The page says its encoding in its own words; what decodes as UTF-8 or by its bytes is believed first. */
function decodeHtml(bytes: Buffer): string {
  const decoded = decodeText(bytes);
  if (decoded === undefined) throw new Refusal("needs_approval", "text-encoding");
  return decoded.text;
}

async function finish(html: string, context: JobContext, picture: Picture): Promise<EngineOutcome> {
  context.progress("rebuild", 0.4);
  const clean = await cleanHtml(html, context, picture);
  context.progress("verify", 0.9);
  if (
    /<(script|iframe|object|embed|form|link|base)\b|\son[a-z]+\s*=\s*"|javascript:/i.test(
      clean.replace(/>[^<]*</g, "><"),
    )
  )
    throw new Refusal("failed", "verifier-disagreed", "html");
  return { kind: "rebuilt", type: "html", bytes: Buffer.from(clean, "utf8") };
}

export async function sanitizeHtml(context: JobContext): Promise<EngineOutcome> {
  return finish(decodeHtml(context.bytes), context, inline(context));
}

/** Where each picture of the page was saved from, in the order of the parts: the mail parser does not say. */
function pictureLocations(bytes: Buffer): (string | undefined)[] {
  const raw = bytes.toString("latin1");
  const boundary = /boundary="?([^"\r\n;]{1,200})"?/i.exec(raw)?.[1];
  if (boundary === undefined) return [];
  return raw.split(`--${boundary}`).flatMap((part) => {
    const head = part.split(/\r?\n\r?\n/)[0] ?? "";
    if (!/^Content-Type:\s*image\//im.test(head)) return [];
    return [/^Content-Location:\s*(\S+)/im.exec(head)?.[1]];
  });
}

export async function sanitizeMhtml(context: JobContext): Promise<EngineOutcome> {
  const mail = await parseMail(context.bytes);
  if (mail.html === undefined) throw new Refusal("blocked", "damaged", "no page inside");
  const parts = new Map<string, Buffer>();
  const locations = pictureLocations(context.bytes);
  for (const { content, contentId, filename, mimeType } of mail.attachments) {
    const bytes = Buffer.from(content as ArrayBuffer);
    if (contentId !== undefined) parts.set(`cid:${contentId.replace(/^<|>$/g, "")}`, bytes);
    const location = mimeType.startsWith("image/") ? locations.shift() : undefined;
    if (location !== undefined) parts.set(location, bytes);
    context.found.push({ name: filename ?? "part", bytes });
  }
  const outcome = await finish(mail.html, context, async (source) => {
    const part = parts.get(source);
    return part === undefined ? inline(context)(source) : pictureFrom(part, context);
  });
  return outcome.kind === "rebuilt"
    ? { ...outcome, kind: "converted", reason: "format-converted" }
    : outcome;
}
