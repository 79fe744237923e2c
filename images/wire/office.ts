/**
 * The job protocol on an office box's stdin and stdout, in frames of frame.ts. One document per container:
 *
 *   box  → host  ready
 *   host → box   job, chunk*, end
 *   box  → host  result, (chunk*, end when it announces bytes)
 *
 * The frames are those of sandbox.ts. What comes back is as hostile as what went in: whoever asked for it rebuilds it.
 */
import { z } from "zod";

/** Older formats, of which documents of today are made. */
export const olderKinds = [
  "word97",
  "word95",
  "word6",
  "excel97",
  "excel95",
  "powerpoint97",
  "rtf",
  "xlsb",
  "word-xml",
  "excel-xml",
] as const;
export type OlderKind = (typeof olderKinds)[number];

/** Documents of today that are laid out, so that their pages can be drawn. */
export const laidOutKinds = ["docx", "xlsx", "pptx", "odt", "ods", "odp"] as const;

/** What becomes pages. A `drawing` is one the sandbox wrote around pictures in metafile formats, one to a page. */
export const drawnKinds = [...laidOutKinds, "drawing"] as const;

/** What LibreOffice is asked to read, each by one filter of its own: it never guesses. */
export const officeKinds = [...olderKinds, ...drawnKinds] as const;
export type OfficeKind = (typeof officeKinds)[number];

/** What becomes of each. */
export const officeTargets = {
  word97: "docx",
  word95: "docx",
  word6: "docx",
  rtf: "docx",
  "word-xml": "docx",
  excel97: "xlsx",
  excel95: "xlsx",
  xlsb: "xlsx",
  "excel-xml": "xlsx",
  powerpoint97: "pptx",
  docx: "pdf",
  xlsx: "pdf",
  pptx: "pdf",
  odt: "pdf",
  ods: "pdf",
  odp: "pdf",
  drawing: "pdf",
} as const satisfies Record<OlderKind, "docx" | "pptx" | "xlsx"> & Record<OfficeKind, string>;

/** Why there is no converted document. */
export const officeRefusals = ["damaged", "time-limit", "size-limit", "engine-error"] as const;

export const officeJob = z.strictObject({
  kind: z.enum(officeKinds),
  bytes: z.int().min(1),
  outputBytes: z.int().min(1),
  /** For LibreOffice alone; the host's own deadline is a little later. */
  seconds: z.int().min(1),
});
export type OfficeJob = z.infer<typeof officeJob>;

export const officeResult = z.union([
  z.strictObject({ bytes: z.int().min(1) }),
  z.strictObject({ refused: z.enum(officeRefusals) }),
]);
export type OfficeResult = z.infer<typeof officeResult>;
