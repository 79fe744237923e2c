/** [Content_Types].xml: read, judged, written anew with one line per part. Pure. */
import type { OutputType } from "../../wire/file-words.ts";
import { Refusal } from "../context.ts";
import { readXml } from "./read-xml.ts";
import { xmlDeclaration } from "./xml.ts";

export interface ContentTypes {
  of(part: string): string | undefined;
}

/** Part names are compared without case. */
export const partKey = (name: string): string => name.toLowerCase();

export function parseContentTypes(xml: string, depthLimit: number): ContentTypes {
  const defaults = new Map<string, string>();
  const overrides = new Map<string, string>();
  readXml(xml, depthLimit, {
    open(element) {
      const value = (name: string): string =>
        element.attributes.find((each) => each.local === name)?.value ?? "";
      const type = value("ContentType");
      if (element.local === "Default") defaults.set(value("Extension").toLowerCase(), type);
      if (element.local !== "Override") return;
      const part = partKey(value("PartName").replace(/^\//, ""));
      if (overrides.has(part)) throw new Refusal("blocked", "damaged", "two types for one part");
      overrides.set(part, type);
    },
    text: () => undefined,
    close: () => undefined,
  });
  return {
    of: (part) =>
      overrides.get(partKey(part)) ?? defaults.get(part.split(".").at(-1)?.toLowerCase() ?? ""),
  };
}

const office = "application/vnd.openxmlformats-officedocument.";

interface MainKind {
  readonly type: string;
  readonly output: OutputType;
}

/** Main parts as they come in, and what each becomes: never one that may carry macros. */
const mainKinds: Readonly<Record<string, MainKind>> = Object.fromEntries(
  (
    [
      ["wordprocessingml.document", "docx", "ms-word.document.macroEnabled"],
      ["wordprocessingml.template", "dotx", "ms-word.template.macroEnabledTemplate"],
      ["spreadsheetml.sheet", "xlsx", "ms-excel.sheet.macroEnabled"],
      ["spreadsheetml.template", "xltx", "ms-excel.template.macroEnabled"],
      ["presentationml.presentation", "pptx", "ms-powerpoint.presentation.macroEnabled"],
      ["presentationml.template", "potx", "ms-powerpoint.template.macroEnabled"],
      ["presentationml.slideshow", "ppsx", "ms-powerpoint.slideshow.macroEnabled"],
    ] as const
  ).flatMap(([plain, output, macro]) => {
    const kind: MainKind = { type: `${office}${plain}.main+xml`, output };
    return [
      [kind.type, kind],
      [`application/vnd.${macro}.main+xml`, kind],
    ];
  }),
);

export const mainKind = (contentType: string | undefined): MainKind | undefined =>
  contentType === undefined ? undefined : mainKinds[contentType];

const xmlPart = new RegExp(
  [
    `^application/vnd\\.openxmlformats-officedocument\\.(wordprocessingml|spreadsheetml|presentationml|drawingml|theme|themeOverride|extended-properties)[A-Za-z0-9.+-]*\\+xml$`,
    String.raw`^application/vnd\.openxmlformats-package\.core-properties\+xml$`,
    String.raw`^application/vnd\.ms-office\.(chartstyle|chartcolorstyle|drawingml\.diagramDrawing)\+xml$`,
    String.raw`^application/vnd\.ms-word\.stylesWithEffects\+xml$`,
    String.raw`^application/vnd\.ms-excel\.(threadedcomments|person)\+xml$`,
  ].join("|"),
);
const vmlPart = `${office}vmlDrawing`;
const notXmlWeKnow =
  /macrosheet|dialogsheet|externalLink|connections|queryTable|customXml|printerSettings|oleObject|activeX/i;

export type PartKind = "image" | "vml" | "xml";

/** How a part is rebuilt; undefined means it is not. */
export function partKind(contentType: string | undefined): PartKind | undefined {
  if (contentType === undefined) return undefined;
  if (contentType.startsWith("image/")) return "image";
  if (contentType === vmlPart) return "vml";
  return xmlPart.test(contentType) && !notXmlWeKnow.test(contentType) ? "xml" : undefined;
}

export function writeContentTypes(parts: ReadonlyMap<string, string>): string {
  const overrides = [...parts].map(
    ([name, type]) =>
      `<Override PartName="/${name.replaceAll("&", "&amp;").replaceAll('"', "&quot;")}" ContentType="${type}"/>`,
  );
  return `${xmlDeclaration}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>${overrides.join("")}</Types>`;
}
