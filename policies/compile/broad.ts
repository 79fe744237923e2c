/**
 * Warns of entries that open more than was probably meant: whole top-level domains and other public
 * suffixes, and the shared domains of content networks, below which anybody may put anything. Pure.
 */
import { join } from "node:path";
import { getPublicSuffix, parse } from "tldts";
import type { CompiledList, CompiledPolicy } from "../compiled.ts";
import { type Problem, quote } from "../problem.ts";
import type { Context } from "./context.ts";

/**
 * Suffixes shared by all customers of a content network or cloud that the public suffix list does not
 * carry; from the providers' own documentation.
 */
const shared = new Set([
  "akamaihd.net",
  "akamaized.net",
  "amazonaws.com",
  "azureedge.net",
  "azurefd.net",
  "b-cdn.net",
  "cdn77.org",
  "cloudflare.net",
  "cloudfront.net",
  "edgekey.net",
  "edgesuite.net",
  "fastly.net",
  "fastlylb.net",
  "googleusercontent.com",
  "llnwd.net",
  "trafficmanager.net",
  "windows.net",
]);

export type Width = "top-level" | "public-suffix" | "shared";

/** Why an entry is wide, or undefined. Exact names are never. */
export function widthOf(entry: string): Width | undefined {
  const name = /^(?:\*\.|\.)([^/]+)$/.exec(entry)?.[1];
  if (name === undefined) return undefined;
  if (shared.has(name)) return "shared";
  if (!name.includes(".") && isTopLevel(name)) return "top-level";
  return getPublicSuffix(name, { allowPrivateDomains: true }) === name
    ? "public-suffix"
    : undefined;
}

/** "jp", "com"; not a name of the site's own network. */
export const isTopLevel = (label: string): boolean => parse(`x.${label}`).isIcann === true;

/**
 * Whether a long list's entry is worth the look at the table of public suffixes: those of two levels begin
 * with a short label ("co.jp", "com.au"). Longer ones ("kawasaki.jp") are not found in big lists.
 */
export const mayBeWide = (labelLength: number): boolean => labelLength <= 4;
export const sharedNames: readonly string[] = [...shared];

export interface Broad {
  /** A whole top-level domain is opened. */
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
}

interface WideEntry {
  readonly entry: string;
  readonly line: number;
  readonly file: string;
}

/** Of all entries of all rules; what is blocked may be wide, but a whole top-level domain is told. */
export function broadEntries(policy: CompiledPolicy, context: Context): Broad {
  const found = new Map<string, { readonly problem: Problem; readonly refused: boolean }>();
  for (const rule of policy.rules) {
    if (rule.to.kind === "any") continue;
    const opens = rule.action === "allow" || rule.action === "direct";
    const file = rule.file === undefined ? context.file : join(context.folder, rule.file);
    const own = entriesIn(rule.to, file);
    const { lists } = rule.to;
    const listed = policy.lists
      .filter(({ id }) => lists.includes(id))
      .flatMap((list) => entriesOfList(list, context));
    for (const { entry, file: place, line } of [...own, ...listed]) {
      const width = widthOf(entry);
      if (!width || (!opens && width !== "top-level")) continue;
      const said = opens ? sentence[width](quote(entry)) : blocksAll(quote(entry));
      const problem = { file: place, line, column: 1, ...said };
      found.set(`${place}:${line}:${entry}:${opens}`, {
        problem,
        refused: opens && width === "top-level",
      });
    }
  }
  const all = [...found.values()];
  return {
    problems: all.filter(({ refused }) => refused).map(({ problem }) => problem),
    warnings: all.filter(({ refused }) => !refused).map(({ problem }) => problem),
  };
}

function entriesIn(
  { entries, lines }: { readonly entries: readonly string[]; readonly lines: readonly number[] },
  file: string,
): WideEntry[] {
  return entries.map((entry, index) => ({ entry, file, line: lines[index] ?? 1 }));
}

function entriesOfList(list: CompiledList, { file, folder, sources }: Context): WideEntry[] {
  const inFolder = (name: string) => join(folder, name);
  const place = list.file === undefined ? file : inFolder(list.file);
  const source = list.file === undefined ? undefined : sources.get(list.file);
  const wide = source?.kind === "index" ? source.built.wide : [];
  return [
    ...entriesIn(list, place),
    ...(list.edits ? entriesIn(list.edits, inFolder(list.edits.file)) : []),
    ...wide.map(({ entry, line }) => ({ entry, line, file: place })),
  ];
}

const blocksAll = (entry: string) => ({
  ja: `「${entry}」は、その下のすべてのサイトを止めます。そのつもりか確かめてください。`,
  en: `"${entry}" stops every site below it; make sure that this is meant.`,
});

const sentence: Readonly<Record<Width, (entry: string) => { ja: string; en: string }>> = {
  "top-level": (entry) => ({
    ja: `「${entry}」は、その下のすべてのサイトを開きます。リストには書けません。必要なサイトの名前を書いてください。`,
    en: `"${entry}" would open every site below it and cannot stand here; write the names of the sites that are needed.`,
  }),
  "public-suffix": (entry) => ({
    ja: `「${entry}」は、だれでも名前を取れる公開の接尾辞です。その下のすべてのサイトが開きます。必要なサイトの名前を書いてください。`,
    en: `"${entry}" is a public suffix below which anybody may register: it opens all of them; write the names of the sites that are needed.`,
  }),
  shared: (entry) => ({
    ja: `「${entry}」は、配信網の利用者すべてが相乗りする名前です。だれのコンテンツでも開きます。必要な名前だけを書いてください。`,
    en: `"${entry}" is shared by all customers of a content network: it opens anybody's content; write only the names that are needed.`,
  }),
};
