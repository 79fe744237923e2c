/**
 * PDF objects as qpdf's JSON (version 2) writes them. The file is read and written as latin1: names and
 * strings in legacy encodings then come back byte for byte. Pure.
 */
export type PdfValue = PdfValue[] | PdfDict | boolean | number | string | null;
export interface PdfDict {
  [key: string]: PdfValue;
}

export type PdfObject =
  | { readonly value: PdfValue }
  | { readonly stream: { readonly dict: PdfDict; readonly datafile?: string } };

export interface PdfJson {
  readonly qpdf: readonly [Record<string, unknown>, Record<string, PdfObject>];
}

export const isDict = (value: PdfValue | undefined): value is PdfDict =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const reference = /^\d+ \d+ R$/;

export const isReference = (value: PdfValue | undefined): value is string =>
  typeof value === "string" && reference.test(value);

export const isName = (value: PdfValue | undefined): value is string =>
  typeof value === "string" && value.startsWith("/");

/** Text of a PDF string, good enough to judge a URL: `u:` is Unicode, `b:` is bytes in hex. */
export function stringText(value: PdfValue | undefined): string | undefined {
  if (typeof value !== "string") return undefined;
  if (value.startsWith("u:")) return value.slice(2);
  if (value.startsWith("b:")) return Buffer.from(value.slice(2), "hex").toString("latin1");
  return undefined;
}
