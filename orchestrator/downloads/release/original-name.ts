/**
 * The name an original leaves under once a person has approved it: with an extension of what it was found to be.
 * Types that are not listed never leave as they are, whoever approves. Pure.
 */
import type { ContentType } from "../../../images/wire/file-words.ts";
import { cleanName } from "./clean-name.ts";

const extensions: Partial<Record<ContentType, string>> = {
  doc: "doc dot",
  xls: "xls xlt",
  ppt: "ppt pps pot",
  xlsb: "xlsb",
  docx: "docx dotx",
  xlsx: "xlsx xltx",
  pptx: "pptx potx ppsx",
  rtf: "rtf",
  "office-xml": "xml",
  metafile: "emf wmf",
  lzh: "lzh",
  jtd: "jtd jtt jhd jsd",
  jww: "jww jwc",
  dwg: "dwg",
  heif: "heic heif",
  media: "mp4 m4a m4v mov mp3 wav wma wmv avi ogg ogv oga webm flac mkv mpg mpeg aac",
  text: "txt md log json yaml yml",
  csv: "csv tsv txt",
  // Formats that are known by their extension alone.
  unknown: "xdw xbd xct",
  cfb: "jhd jsd",
};

/** Undefined: no approval lets a file of this type out as it is. */
export function originalName(
  untrustedName: string,
  type: ContentType,
): { readonly name: string; readonly mediaType: string } | undefined {
  const known = extensions[type]?.split(" ");
  if (known === undefined) return undefined;
  const cleaned = cleanName(untrustedName);
  const at = cleaned.lastIndexOf(".");
  const extension = at < 0 ? "" : cleaned.slice(at + 1).toLowerCase();
  const fits = known.includes(extension);
  if (!fits && (type === "unknown" || type === "cfb")) return undefined;
  return {
    // The page's own extension is left in sight in front of the right one, and made harmless there.
    name: fits ? cleaned : `${cleaned.replaceAll(".", "_")}.${known[0] ?? "bin"}`,
    // Nothing that a browser would open by itself.
    mediaType: "application/octet-stream",
  };
}
