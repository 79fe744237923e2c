/** Which office format an OPC package is, from the content type of its main part. Pure. */
import type { ContentType } from "../../wire/file-words.ts";

/** Main parts: with and without macros, documents, templates and shows. */
const mainTypes: readonly { readonly pattern: RegExp; readonly type: ContentType }[] = [
  { pattern: /ms-excel\.sheet\.binary\.macroEnabled\.main/, type: "xlsb" },
  {
    pattern:
      /wordprocessingml\.(document|template)\.main\+xml|ms-word\.(document|template)\.macroEnabled(Template)?\.main\+xml/,
    type: "docx",
  },
  {
    pattern:
      /spreadsheetml\.(sheet|template)\.main\+xml|ms-excel\.(sheet|template)\.macroEnabled\.main\+xml/,
    type: "xlsx",
  },
  {
    pattern:
      /presentationml\.(presentation|template|slideshow)\.main\+xml|ms-powerpoint\.(presentation|template|slideshow)\.macroEnabled\.main\+xml/,
    type: "pptx",
  },
];

/** `opc` when it is a package of another kind (Visio, XPS, add-ins): nothing we rebuild. */
export function packageKind(contentTypesXml: string): ContentType {
  return mainTypes.find(({ pattern }) => pattern.test(contentTypesXml))?.type ?? "opc";
}
