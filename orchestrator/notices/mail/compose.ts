/**
 * What a mail from notices says: a subject of one line, and text. Whatever names and hosts say stands inside of them
 * alone, and the library that writes the message encodes both. Pure.
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

export interface ComposedMail {
  readonly from: string;
  readonly to: string;
  readonly id: string;
  readonly atMs: number;
  readonly subject: string;
  readonly text: string;
}

const footer = {
  ja: "このメールは Hanare が自動で送りました。受け取る通知は、画面の「通知」で変えられます。",
  en: "Hanare has sent this mail by itself. What you receive is set under Notices in its pages.",
} as const;
const more = { ja: "ほか {n} 件", en: "and {n} more" } as const;

export function composeMail(parts: MailParts): ComposedMail {
  const { from, to, language, notices, portal, id, nowMs } = parts;
  const [first] = notices;
  const rest =
    notices.length > 1 ? ` (${more[language].replace("{n}", String(notices.length - 1))})` : "";
  const lines = notices.flatMap(({ words, atMs }) => [
    `${time(atMs)}  ${oneLine(words[language])}`,
    ...(portal === undefined ? [] : [`  ${portal}${words.href}`]),
    "",
  ]);
  return {
    ...{ from, to, id, atMs: nowMs },
    subject: `[Hanare] ${oneLine(first?.words[language] ?? "").slice(0, 120)}${rest}`,
    text: [...lines, "-- ", footer[language], ""].join("\n"),
  };
}

/** What would break a line, or turn its direction, is a space. */
const oneLine = (text: string): string =>
  text.replace(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]+/gu, " ").toWellFormed();

/** In the server's time zone. */
function time(atMs: number): string {
  const at = new Date(atMs);
  const two = (value: number) => String(value).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}`;
}
