/**
 * A text mail from notices: RFC 5322 headers, the subject in RFC 2047 words, the body in base64. Whatever names and
 * hosts say stands inside of encoded text alone, so that it can neither end a header nor begin another. Pure.
 */
import type { WordedNotice } from "../types.ts";

export interface MailParts {
  readonly from: string;
  readonly to: string;
  readonly language: "en" | "ja";
  /** Oldest first; at least one. */
  readonly notices: readonly Pick<WordedNotice, "atMs" | "words">[];
  /** Where the portal is, such as https://hanare.city.example.lg.jp; absent: links are left out. */
  readonly portal: string | undefined;
  /** Left of the @ of its id: told from every other mail. */
  readonly id: string;
  readonly nowMs: number;
}

const mark = { ja: "[Hanare] ", en: "[Hanare] " } as const;
const footer = {
  ja: "このメールは Hanare が自動で送りました。受け取る通知は、画面の「通知」で変えられます。",
  en: "Hanare has sent this mail by itself. What you receive is set under Notices in its pages.",
} as const;
const more = { ja: "ほか {n} 件", en: "and {n} more" } as const;

export function composeMail(parts: MailParts): string {
  const { from, to, language, notices, portal, id, nowMs } = parts;
  const domain = from.slice(from.lastIndexOf("@") + 1);
  const [first] = notices;
  const rest =
    notices.length > 1 ? ` (${more[language].replace("{n}", String(notices.length - 1))})` : "";
  const subject = `${mark[language]}${oneLine(first?.words[language] ?? "").slice(0, 120)}${rest}`;
  const headers = [
    `Date: ${new Date(nowMs).toUTCString().replace("GMT", "+0000")}`,
    `From: Hanare <${from}>`,
    `To: <${to}>`,
    `Message-ID: <${id}@${domain}>`,
    `Subject: ${encodedWords(subject)}`,
    "Auto-Submitted: auto-generated",
    "MIME-Version: 1.0",
    'Content-Type: text/plain; charset="utf-8"',
    "Content-Transfer-Encoding: base64",
  ];
  const lines = notices.flatMap(({ words, atMs }) => [
    `${time(atMs)}  ${oneLine(words[language])}`,
    ...(portal === undefined ? [] : [`  ${portal}${words.href}`]),
    "",
  ]);
  const body = Buffer.from([...lines, "-- ", footer[language], ""].join("\r\n")).toString("base64");
  return [...headers, "", ...(body.match(/.{1,76}/g) ?? []), ""].join("\r\n");
}

/** What would break a line, or turn its direction, is a space. */
const oneLine = (text: string): string =>
  text.replace(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]+/gu, " ");

/** RFC 2047 §2: each word has at most 75 characters, and holds whole characters. */
function encodedWords(text: string): string {
  const words: string[] = [];
  let piece = "";
  for (const letter of text) {
    if (Buffer.byteLength(piece + letter) > 42) {
      words.push(piece);
      piece = "";
    }
    piece += letter;
  }
  words.push(piece);
  return words.map((each) => `=?utf-8?B?${Buffer.from(each).toString("base64")}?=`).join("\r\n ");
}

/** In the server's time zone. */
function time(atMs: number): string {
  const at = new Date(atMs);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}`;
}
