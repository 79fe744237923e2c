/**
 * One line of a list file: an entry, and after `#` what people should know about it. Words of the form
 * `@expires=2027-03-31` in the comment are read by Hanare: an entry stops matching after its last day.
 * Pure.
 */
import { parseEntry } from "./list-entry.ts";
import { nearest, quote } from "./problem.ts";

export interface ListLine {
  readonly entry: string;
  /** The reason, without the words below. */
  readonly comment: string;
  readonly owner?: string;
  /** YYYY-MM-DD, the last day. */
  readonly expires?: string;
  /** Of the request that the entry answers. */
  readonly request?: string;
}

export type LineResult =
  | { readonly kind: "blank" }
  | ({ readonly kind: "entry" } & ListLine)
  /** `at` is where in the line the mistake stands, from 0. */
  | { readonly kind: "problem"; readonly at: number; readonly ja: string; readonly en: string };

const words = ["owner", "expires", "request"] as const;

export function parseListLine(raw: string): LineResult {
  const hash = /(?:^|[ \t])#/.exec(raw);
  const content = (hash ? raw.slice(0, hash.index) : raw).trim();
  if (content === "") return { kind: "blank" };
  const parsed = parseEntry(content);
  if (!parsed.ok)
    return { kind: "problem", at: raw.indexOf(content), ja: parsed.ja, en: parsed.en };
  if (!hash) return { kind: "entry", entry: parsed.entry, comment: "" };
  const comment = raw.slice(hash.index + hash[0].length);
  const notes = parseNotes(comment);
  return "ja" in notes
    ? { kind: "problem", ...notes, at: hash.index + hash[0].length + notes.at }
    : { kind: "entry", entry: parsed.entry, ...notes };
}

type Notes = Omit<ListLine, "entry">;

function parseNotes(comment: string): Notes | { at: number; ja: string; en: string } {
  const found: { owner?: string; expires?: string; request?: string } = {};
  const pattern = /(?<=^|\s)@([A-Za-z]+)=(\S*)/g;
  for (const { 1: word = "", 2: value = "", index } of comment.matchAll(pattern)) {
    const known = words.find((each) => each === word);
    // A misspelt @expire= would otherwise be an entry that never ends.
    if (!known) return { at: index, ...unknownWord(word) };
    if (known === "expires" && !isDay(value)) return { at: index, ...badDay(value) };
    found[known] = value;
  }
  return { comment: comment.replace(pattern, "").replace(/\s+/g, " ").trim(), ...found };
}

function unknownWord(word: string): { ja: string; en: string } {
  const meant = nearest(word, words) ?? "expires";
  return {
    ja: `「@${quote(word)}=」という書き方はありません。「@${meant}=」と書くか、「@」を消してください。`,
    en: `There is no "@${quote(word)}="; write "@${meant}=" or drop the "@".`,
  };
}

function badDay(value: string): { ja: string; en: string } {
  return {
    ja: `「${quote(value)}」は日付ではありません。@expires=2027-03-31 の形で書いてください。`,
    en: `"${quote(value)}" is not a day; write @expires=2027-03-31.`,
  };
}

export function isDay(text: string): boolean {
  const match = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text);
  if (!match) return false;
  const [year = 0, month = 0, day = 0] = match.slice(1).map(Number);
  const date = new Date(Date.UTC(year, month - 1, day));
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

/** The line as it is written; the inverse of parseListLine. */
export function formatListLine(line: ListLine): string {
  const notes = [
    line.comment,
    ...words.flatMap((word) => (line[word] === undefined ? [] : [`@${word}=${line[word]}`])),
  ].filter((part) => part !== "");
  return notes.length === 0 ? line.entry : `${line.entry} # ${notes.join(" ")}`;
}
