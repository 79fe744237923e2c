/**
 * What is said about files, in closed vocabularies: kinds, verdicts, reasons, what was removed. Nothing that a hostile
 * file made a box say reaches a person, a log or a header in other words than these.
 */
/** What a file can turn out to be. `unknown` is the closed one. */
export const contentTypes = [
  "unknown",
  "empty",
  "executable",
  "script",
  "pdf",
  "docx",
  "xlsx",
  "pptx",
  "xlsb",
  "opc",
  "doc",
  "xls",
  "ppt",
  "msg",
  "jtd",
  "cfb",
  "office-encrypted",
  "rtf",
  "odt",
  "ods",
  "odp",
  "jpeg",
  "png",
  "gif",
  "webp",
  "bmp",
  "tiff",
  "heif",
  "svg",
  "metafile",
  "html",
  "xml",
  "text",
  "csv",
  "mail",
  "zip",
  "7z",
  "rar",
  "lzh",
  "cab",
  "gzip",
  "xz",
  "bzip2",
  "zstd",
  "tar",
  "disk-image",
  "media",
  "mhtml",
  "office-xml",
  "dxf",
  "sxf",
  "dwg",
  "jww",
] as const;
export type ContentType = (typeof contentTypes)[number];

/**
 * The only types that ever leave: each with the extensions that belong to it (the first one is given
 * when the name has another) and its media type.
 */
export const outputTypes = {
  pdf: { extensions: ["pdf"], mediaType: "application/pdf" },
  docx: {
    extensions: ["docx"],
    mediaType: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
  },
  dotx: {
    extensions: ["dotx"],
    mediaType: "application/vnd.openxmlformats-officedocument.wordprocessingml.template",
  },
  xlsx: {
    extensions: ["xlsx"],
    mediaType: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  },
  xltx: {
    extensions: ["xltx"],
    mediaType: "application/vnd.openxmlformats-officedocument.spreadsheetml.template",
  },
  pptx: {
    extensions: ["pptx"],
    mediaType: "application/vnd.openxmlformats-officedocument.presentationml.presentation",
  },
  potx: {
    extensions: ["potx"],
    mediaType: "application/vnd.openxmlformats-officedocument.presentationml.template",
  },
  ppsx: {
    extensions: ["ppsx"],
    mediaType: "application/vnd.openxmlformats-officedocument.presentationml.slideshow",
  },
  jpeg: { extensions: ["jpg", "jpeg", "jpe"], mediaType: "image/jpeg" },
  png: { extensions: ["png"], mediaType: "image/png" },
  gif: { extensions: ["gif"], mediaType: "image/gif" },
  webp: { extensions: ["webp"], mediaType: "image/webp" },
  odt: { extensions: ["odt"], mediaType: "application/vnd.oasis.opendocument.text" },
  ods: { extensions: ["ods"], mediaType: "application/vnd.oasis.opendocument.spreadsheet" },
  odp: { extensions: ["odp"], mediaType: "application/vnd.oasis.opendocument.presentation" },
  tiff: { extensions: ["tif", "tiff"], mediaType: "image/tiff" },
  html: { extensions: ["html", "htm"], mediaType: "text/html" },
  xml: { extensions: ["xml", "xsd"], mediaType: "application/xml" },
  eml: { extensions: ["eml"], mediaType: "message/rfc822" },
  zip: { extensions: ["zip"], mediaType: "application/zip" },
  dxf: { extensions: ["dxf"], mediaType: "image/vnd.dxf" },
  sxf: { extensions: ["sfc", "p21"], mediaType: "application/octet-stream" },
  text: { extensions: ["txt", "md", "log", "json", "yaml", "yml"], mediaType: "text/plain" },
  csv: { extensions: ["csv", "tsv", "txt"], mediaType: "text/csv" },
} as const satisfies Record<string, { extensions: readonly string[]; mediaType: string }>;
export type OutputType = keyof typeof outputTypes;
export const outputTypeNames = Object.keys(outputTypes) as [OutputType, ...OutputType[]];

/** Types whose untouched bytes may leave, because they were read whole and say nothing but text. */
export const asIsTypes = ["text", "csv", "dxf", "sxf"] as const satisfies readonly OutputType[];
export type AsIsType = (typeof asIsTypes)[number];

/** Verdicts a box may give; `infected` comes from its own rules, the scanner has the host's ear besides. */
export const sandboxVerdicts = [
  "failed",
  "blocked",
  "infected",
  "needs_approval",
  "needs_password",
  "partially_sanitized",
  "converted",
  "sanitized",
  "released_as_is",
] as const;
export type SandboxVerdict = (typeof sandboxVerdicts)[number];

export const sandboxReasons = [
  "engine-error",
  "unknown-type",
  "empty-file",
  "executable",
  "executable-extension",
  "damaged",
  "ratio-limit",
  "member-limit",
  "size-limit",
  "pixel-limit",
  "page-limit",
  "time-limit",
  "archive-malformed",
  "archive-unsafe-names",
  "password-required",
  "password-wrong",
  "password-unsupported",
  "nesting-limit",
  "rule-match",
  "no-engine",
  "text-encoding",
  "external-pivot",
  "verifier-disagreed",
  "rebuilt",
  "active-content-removed",
  "macro-removed",
  "script-removed",
  "metadata-removed",
  "formula-neutralised",
  "format-converted",
  "pages-as-pictures",
  "encoding-converted",
  "members-rebuilt",
  "members-blocked",
  "clean-text",
] as const;
export type SandboxReason = (typeof sandboxReasons)[number];

export const removedClasses = [
  "macro",
  "script",
  "action",
  "embedded-object",
  "embedded-file",
  "activex",
  "external-reference",
  "external-template",
  "field",
  "formula",
  "form-xfa",
  "signature",
  "annotation",
  "custom-ui",
  "custom-xml",
  "printer-settings",
  "media",
  "metafile",
  "metadata",
  "location",
  "thumbnail",
  "font",
  "encryption",
  "hyperlink",
  "unknown-part",
  "trailing-data",
] as const;
export type RemovedClass = (typeof removedClasses)[number];

export const sandboxWarnings = [
  "extension-mismatch",
  "name-encoding-cp932",
  "frozen-formulas",
  "remote-pictures",
] as const;
export type SandboxWarning = (typeof sandboxWarnings)[number];
