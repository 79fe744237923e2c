/**
 * Which engine serves which content type: one switch, and a new content type does not compile without a line.
 * What no engine rebuilds is held for a person with the right, or blocked, type by type.
 */
import type { ContentType } from "../../wire/file-words.ts";
import { type JobContext, Refusal } from "../context.ts";
import { rebuildArchive } from "./archive.ts";
import { sanitizeHtml, sanitizeMhtml } from "./html.ts";
import { sanitizeBitmap, sanitizeImage, sanitizeSvg } from "./image.ts";
import { sanitizeMail } from "./mail.ts";
import { decryptOffice } from "./office-encrypted.ts";
import { sanitizeMetafile } from "./metafile.ts";
import { sanitizeOdf } from "./odf.ts";
import { sanitizeOoxml } from "./ooxml.ts";
import { convertOffice } from "./office-older.ts";
import type { EngineOutcome } from "./outcome.ts";
import { sanitizePdf } from "./pdf.ts";
import { checkDrawing, sanitizeText } from "./text.ts";
import { sanitizeXml } from "./xml.ts";

const held = (): EngineOutcome => ({ kind: "held", reason: "no-engine", members: [] });

export async function runEngine(type: ContentType, context: JobContext): Promise<EngineOutcome> {
  switch (type) {
    case "jpeg":
    case "png":
    case "gif":
    case "webp":
    case "tiff":
      return sanitizeImage(type, context);
    case "bmp":
      return sanitizeBitmap(context);
    case "svg":
      return sanitizeSvg(context);
    case "metafile":
      return sanitizeMetafile(context);
    case "pdf":
      return sanitizePdf(context);
    case "docx":
    case "xlsx":
    case "pptx":
      return sanitizeOoxml(type, context);
    case "odt":
    case "ods":
    case "odp":
      return sanitizeOdf(type, context);
    case "office-encrypted":
      return decryptOffice(context);
    case "doc":
    case "xls":
    case "ppt":
    case "xlsb":
    case "rtf":
    case "office-xml":
      return convertOffice(type, context);
    case "text":
    case "csv":
      return sanitizeText(type, context);
    case "dxf":
    case "sxf":
      return checkDrawing(type, context);
    case "html":
      return sanitizeHtml(context);
    case "mhtml":
      return sanitizeMhtml(context);
    case "xml":
      return sanitizeXml(context);
    case "mail":
    case "msg":
      return sanitizeMail(type, context);
    case "zip":
    case "7z":
    case "rar":
    case "lzh":
    case "cab":
    case "tar":
    case "gzip":
    case "xz":
    case "bzip2":
    case "zstd":
      return rebuildArchive(type, context);
    case "empty":
      throw new Refusal("blocked", "empty-file");
    case "executable":
    case "script":
    case "disk-image":
      throw new Refusal("blocked", "executable");
    // What people need and nothing opens safely: a person with the right decides.
    case "jtd":
    case "jww":
    case "dwg":
    case "heif":
    case "media":
      return held();
    case "opc":
    case "cfb":
    case "unknown":
      throw new Refusal("blocked", "unknown-type");
  }
}
