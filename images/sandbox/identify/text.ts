/**
 * Text or not, which charset, and which kind of text. Pure. Text that some program would run or render
 * (scripts, markup, mail, shortcuts) is named as such: only plain text and tables may pass as they are.
 */
import type { ContentType } from "../../wire/sandbox.ts";

export interface TextFacts {
  readonly type: ContentType;
  readonly charset: "cp932" | "utf-8";
  readonly text: string;
}

/** C0 controls but tab, line feed, form feed, return; C1; and the bidirectional overrides that make text lie. */
const forbiddenCharacters =
  /[\u0000-\u0008\u000b\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufffe\uffff]/;

function decode(bytes: Buffer, charset: "shift_jis" | "utf-8"): string | undefined {
  try {
    return new TextDecoder(charset, { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

export function decodeText(bytes: Buffer): Omit<TextFacts, "type"> | undefined {
  const utf8 = decode(bytes, "utf-8");
  if (utf8 !== undefined)
    return forbiddenCharacters.test(utf8) ? undefined : { charset: "utf-8", text: utf8 };
  const cp932 = decode(bytes, "shift_jis");
  if (cp932 === undefined || forbiddenCharacters.test(cp932)) return undefined;
  return { charset: "cp932", text: cp932 };
}

/** Beginnings that give away text with a meaning beyond being read. */
const beginnings: readonly { readonly type: ContentType; readonly pattern: RegExp }[] = [
  { type: "html", pattern: /^<(!doctype\s+html|html|head|body|script|iframe|meta|hta:)/i },
  { type: "svg", pattern: /^<svg[\s>]/i },
  { type: "xml", pattern: /^<(\?xml|[A-Za-z][\w.-]*:?[\w.-]*[\s/>]|!--|!doctype)/i },
  { type: "rtf", pattern: /^\{\\rt/i },
  {
    type: "script",
    pattern:
      /^(#!|@echo\s|\[InternetShortcut\]|\[\.?ShellClassInfo\]|\[Shell\]|Windows Registry Editor|REGEDIT4|WEB\r?\n1\r?\n|ID;P|BEGIN:VCALENDAR|%!PS)/i,
  },
  {
    type: "mail",
    pattern:
      /^(From |Received:|Return-Path:|MIME-Version:|Content-Type:|Message-ID:|Delivered-To:|X-[A-Za-z-]+:)/i,
  },
];

const csvExtensions: ReadonlySet<string> = new Set(["csv", "tsv"]);

export function identifyText(bytes: Buffer, extension: string): TextFacts | undefined {
  const decoded = decodeText(bytes);
  if (decoded === undefined) return undefined;
  const start = decoded.text
    .replace(/^\ufeff/, "")
    .trimStart()
    .slice(0, 256);
  const known = beginnings.find(({ pattern }) => pattern.test(start));
  const plain: ContentType = csvExtensions.has(extension) ? "csv" : "text";
  return { ...decoded, type: known?.type ?? plain };
}
