/**
 * Text or not, which charset, and which kind of text. Pure. Text that some program would run or render
 * (scripts, markup, mail, shortcuts) is named as such: only plain text and tables may pass as they are.
 */
import type { ContentType } from "../../wire/file-words.ts";

export type Charset = "cp932" | "euc-jp" | "iso-2022-jp" | "utf-16be" | "utf-16le" | "utf-8";

export interface TextFacts {
  readonly type: ContentType;
  readonly charset: Charset;
  readonly text: string;
}

/** C0 controls but tab, line feed, form feed, return; C1; and the bidirectional overrides that make text lie. */
export const forbiddenCharacters =
  /[\u0000-\u0008\u000b\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufffe\uffff]/;

function decode(bytes: Buffer, charset: string): string | undefined {
  try {
    return new TextDecoder(charset, { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

/** Kana and common characters speak for a guess, half-width kana and private signs against it. */
function japaneseScore(text: string): number {
  const sample = text.slice(0, 20_000);
  const good = sample.match(/[\u3041-\u30fe\u4e00-\u9fff]/g)?.length ?? 0;
  const odd = sample.match(/[\uff61-\uff9f\ue000-\uf8ff]/g)?.length ?? 0;
  return good - 2 * odd;
}

const escapeSequence = /\x1b(\$[@B]|\([BJI])/;

function guess(bytes: Buffer): { charset: Charset; text: string } | undefined {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return withText("utf-16le", decode(bytes, "utf-16le"));
  if (first === 0xfe && second === 0xff) return withText("utf-16be", decode(bytes, "utf-16be"));
  if (escapeSequence.test(bytes.toString("latin1", 0, 100_000)))
    return withText("iso-2022-jp", decode(bytes, "iso-2022-jp"));
  const utf8 = decode(bytes, "utf-8");
  if (utf8 !== undefined) return { charset: "utf-8", text: utf8 };
  const cp932 = withText("cp932", decode(bytes, "shift_jis"));
  const euc = withText("euc-jp", decode(bytes, "euc-jp"));
  if (cp932 === undefined || euc === undefined) return cp932 ?? euc;
  return japaneseScore(euc.text) > japaneseScore(cp932.text) ? euc : cp932;
}

const withText = (charset: Charset, text: string | undefined) =>
  text === undefined ? undefined : { charset, text };

/** Undefined when it is no text that may pass: unknown encoding, or characters that lie. */
export function decodeText(bytes: Buffer): Omit<TextFacts, "type"> | undefined {
  const guessed = guess(bytes);
  return guessed === undefined || forbiddenCharacters.test(guessed.text) ? undefined : guessed;
}

/** Beginnings that give away text with a meaning beyond being read. */
const beginnings: readonly { readonly type: ContentType; readonly pattern: RegExp }[] = [
  { type: "mhtml", pattern: /^[\s\S]{0,2000}^Content-Type:\s*multipart\/related/im },
  { type: "office-xml", pattern: /^<\?xml[^>]*>\s*<\?mso-application progid="(Word|Excel)\./i },
  { type: "office-xml", pattern: /^(<\?xml[^>]*>\s*)?<(pkg:package|w:wordDocument)\b/i },
  { type: "dxf", pattern: /^(999\r?\n[^\r\n]*\r?\n\s*)*0\r?\nSECTION\r?\n/ },
  { type: "sxf", pattern: /^ISO-10303-21;/ },
  { type: "html", pattern: /^<(!doctype\s+html|html|head|body|script|iframe|meta|hta:)/i },
  {
    type: "svg",
    pattern: /^(<\?xml[^>]*>\s*|<!--[\s\S]*?-->\s*|<!doctype svg[^>[]*>\s*)*<svg[\s>]/i,
  },
  { type: "xml", pattern: /^<(\?xml|[A-Za-z][\w.-]*:?[\w.-]*[\s/>]|!--|!doctype)/i },
  { type: "rtf", pattern: /^\{\\rt/i },
  {
    type: "script",
    pattern:
      /^(#!|@echo\s|\[InternetShortcut\]|\[\.?ShellClassInfo\]|\[Shell\]|Windows Registry Editor|REGEDIT4|WEB\r?\n1\r?\n|ID;P|BEGIN:VCALENDAR|%!PS)/i,
  },
  {
    type: "mail",
    pattern: /^((From|To|Cc|Date|Subject|Reply-To):[^\n]*\n([ \t][^\n]*\n)*){2,}/i,
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
    .slice(0, 2048);
  const known = beginnings.find(({ pattern }) => pattern.test(start));
  const plain: ContentType = csvExtensions.has(extension) ? "csv" : "text";
  return { ...decoded, type: known?.type ?? plain };
}
