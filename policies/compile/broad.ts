/**
 * Warns of entries that open more than was probably meant: whole top-level domains and other public
 * suffixes, and the shared domains of content networks, below which anybody may put anything. Pure.
 */
import { getPublicSuffix } from "tldts";
import type { CompiledPolicy } from "../compiled.ts";
import { quote, type Problem } from "../problem.ts";

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

/** Why an entry is wide, or undefined. Exact names are never. */
export function widthOf(entry: string): "public-suffix" | "shared" | undefined {
  const name = /^(?:\*\.|\.)([^/]+)$/.exec(entry)?.[1];
  if (name === undefined) return undefined;
  if (shared.has(name)) return "shared";
  return getPublicSuffix(name, { allowPrivateDomains: true }) === name
    ? "public-suffix"
    : undefined;
}

/** Of all entries that some rule opens. Lists kept as an index are too long to have been written by hand. */
export function broadEntries(
  policy: CompiledPolicy,
  mainFile: string,
  inFolder: (file: string) => string,
): Problem[] {
  const opening = policy.rules.filter(({ action }) => action === "allow" || action === "direct");
  const found = new Map<string, Problem>();
  const look = (entries: readonly string[], lines: readonly number[], file: string) => {
    for (const [index, entry] of entries.entries()) {
      const width = widthOf(entry);
      if (!width) continue;
      const place = { file, line: lines[index] ?? 1, column: 1 };
      found.set(`${file}:${place.line}:${entry}`, { ...place, ...sentence[width](quote(entry)) });
    }
  };
  for (const { to } of opening) {
    if (to.kind === "any") continue;
    look(to.entries, to.lines, mainFile);
    for (const list of policy.lists.filter(({ id }) => to.lists.includes(id))) {
      look(list.entries, list.lines, list.file === undefined ? mainFile : inFolder(list.file));
      if (list.edits) look(list.edits.entries, list.edits.lines, inFolder(list.edits.file));
    }
  }
  return [...found.values()];
}

const sentence: Readonly<
  Record<"public-suffix" | "shared", (entry: string) => { ja: string; en: string }>
> = {
  "public-suffix": (entry) => ({
    ja: `「${entry}」は、だれでも名前を取れる公開の接尾辞です。その下のすべてのサイトが開きます。必要なサイトの名前を書いてください。`,
    en: `"${entry}" is a public suffix below which anybody may register: it opens all of them; write the names of the sites that are needed.`,
  }),
  shared: (entry) => ({
    ja: `「${entry}」は、配信網の利用者すべてが相乗りする名前です。だれのコンテンツでも開きます。必要な名前だけを書いてください。`,
    en: `"${entry}" is shared by all customers of a content network: it opens anybody's content; write only the names that are needed.`,
  }),
};
