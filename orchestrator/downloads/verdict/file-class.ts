/** Which of the kinds that a policy speaks of a content type is. Pure. */
import type { ContentType } from "../../../images/wire/file-words.ts";

const kinds: Readonly<Record<string, string>> = {
  office: "docx xlsx pptx xlsb opc doc xls ppt rtf odt ods odp office-encrypted office-xml jtd",
  pdf: "pdf",
  image: "jpeg png gif webp bmp tiff heif svg metafile",
  text: "text csv",
  archive: "zip 7z rar lzh cab gzip xz bzip2 zstd tar",
  mail: "mail msg",
  web: "html mhtml xml",
  drawing: "dxf sxf dwg jww",
  media: "media",
};

/** Undefined for what is no kind of file that leaves: programs, unknown and empty ones. */
export function fileClassOf(type: ContentType): string | undefined {
  return Object.keys(kinds).find((kind) => kinds[kind]?.split(" ").includes(type));
}
