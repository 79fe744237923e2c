/**
 * The relationship types that are followed, and what the removal of the others is called. Everything that
 * is not named here is not followed, so its part does not exist in the output. Pure data.
 */
import type { RemovedClass } from "../../wire/file-words.ts";

const prefixes = [
  "http://schemas.openxmlformats.org/officeDocument/2006/relationships/",
  "http://purl.oclc.org/ooxml/officeDocument/relationships/",
  "http://schemas.openxmlformats.org/package/2006/relationships/metadata/",
  "http://schemas.microsoft.com/office/2006/relationships/",
  "http://schemas.microsoft.com/office/2007/relationships/",
  "http://schemas.microsoft.com/office/2011/relationships/",
  "http://schemas.microsoft.com/office/2016/09/relationships/",
  "http://schemas.microsoft.com/office/2017/10/relationships/",
  "http://schemas.microsoft.com/office/2018/08/relationships/",
];

const words = (text: string): ReadonlySet<string> => new Set(text.split(/\s+/));

const followed =
  words(`officeDocument core-properties extended-properties theme themeOverride image chart
 chartUserShapes chartStyle chartColorStyle diagramColors diagramData diagramLayout diagramQuickStyle diagramDrawing
 styles stylesWithEffects settings webSettings fontTable numbering footnotes endnotes header footer comments
 commentsExtended commentsIds commentsExtensible people
 worksheet chartsheet sharedStrings drawing vmlDrawing table pivotTable pivotCacheDefinition pivotCacheRecords
 sheetMetadata threadedComment person
 slide slideLayout slideMaster notesSlide notesMaster handoutMaster presProps viewProps tableStyles commentAuthors`);

/** Left out without a word: the program makes them anew. */
const silent = words(
  "calcChain volatileDependencies glossaryDocument tags customProperty revisionInfo",
);

const classes: Readonly<Record<string, RemovedClass>> = {
  vbaProject: "macro",
  vbaProjectSignature: "macro",
  vbaProjectSignatureAgile: "macro",
  vbaProjectSignatureV3: "macro",
  wordVbaData: "macro",
  xlMacrosheet: "macro",
  xlIntlMacrosheet: "macro",
  dialogsheet: "macro",
  keyMapCustomizations: "macro",
  attachedToolbars: "custom-ui",
  extensibility: "custom-ui",
  "ui/extensibility": "custom-ui",
  oleObject: "embedded-object",
  package: "embedded-object",
  control: "activex",
  ctrlProp: "activex",
  activeXControlBinary: "activex",
  aFChunk: "embedded-object",
  subDocument: "external-reference",
  attachedTemplate: "external-template",
  externalLink: "external-reference",
  externalLinkPath: "external-reference",
  connections: "external-reference",
  queryTable: "external-reference",
  mailMergeSource: "external-reference",
  frame: "external-reference",
  printerSettings: "printer-settings",
  customXml: "custom-xml",
  customXmlProps: "custom-xml",
  "custom-properties": "metadata",
  thumbnail: "thumbnail",
  font: "font",
  audio: "media",
  video: "media",
  media: "media",
  hyperlink: "hyperlink",
  webextension: "custom-ui",
  webextensiontaskpanes: "custom-ui",
  origin: "signature",
};

/** The last word of a type we know the family of; undefined for a family nobody knows. */
function shortName(type: string): string | undefined {
  const prefix = prefixes.find((each) => type.startsWith(each));
  return prefix === undefined ? undefined : type.slice(prefix.length);
}

export const isFollowed = (type: string): boolean => {
  const name = shortName(type);
  return name !== undefined && followed.has(name);
};

export const isHyperlink = (type: string): boolean => shortName(type) === "hyperlink";
export const isImage = (type: string): boolean => shortName(type) === "image";
export const isOfficeDocument = (type: string): boolean => shortName(type) === "officeDocument";

/** Undefined: gone without being worth a word. */
export function removalClass(type: string, external: boolean): RemovedClass | undefined {
  const name = shortName(type) ?? type.split("/").at(-1) ?? "";
  if (silent.has(name)) return undefined;
  const known = classes[name];
  if (known !== undefined) return known;
  return external ? "external-reference" : "unknown-part";
}
