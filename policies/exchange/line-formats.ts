/**
 * Lists as other programs write them, line by line: hosts files, Squid's dstdomain, the part of AdBlock
 * syntax that speaks of hosts. Pure. What has no meaning here (cosmetic rules, paths, options) is
 * skipped, never guessed at.
 */
import type { LineFormat } from "../compiled.ts";
import { parseEntry } from "../list-entry.ts";
import { type LineResult, type ListLine, parseListLine } from "../list-line.ts";

export type ForeignLine =
  | { readonly kind: "blank" }
  | { readonly kind: "entries"; readonly lines: readonly ListLine[] }
  | { readonly kind: "skipped" }
  | Extract<LineResult, { kind: "problem" }>;

/** A list that says only "domains" is ours: what cannot be read there is a mistake to be told. */
export const isOurs = (formats: readonly LineFormat[]): boolean =>
  formats.every((format) => format === "domains");

export function readForeignLine(raw: string, formats: readonly LineFormat[]): ForeignLine {
  if (isOurs(formats)) return asForeign(parseListLine(raw));
  const line = raw.trim();
  if (line === "" || line.startsWith("#")) return { kind: "blank" };
  for (const format of formats) {
    const found = readers[format](line);
    if (found) return found;
  }
  return { kind: "skipped" };
}

function asForeign(parsed: LineResult): ForeignLine {
  if (parsed.kind !== "entry") return parsed;
  const { kind: _, ...line } = parsed;
  return { kind: "entries", lines: [line] };
}

const readers: Readonly<Record<LineFormat, (line: string) => ForeignLine | undefined>> = {
  "adblock-basic": readAdblock,
  hosts: readHosts,
  squid: readSquid,
  domains: (line) => {
    const parsed = parseListLine(line);
    return parsed.kind === "problem" ? undefined : asForeign(parsed);
  },
};

function readAdblock(line: string): ForeignLine | undefined {
  if (/^[![]/.test(line)) return { kind: "blank" };
  const rule = /^(@@)?\|\|([^/^$*|]+)\^?$/.exec(line);
  if (!rule) return undefined;
  const entry = tidy(`.${rule[2] ?? ""}`);
  if (entry === undefined) return { kind: "skipped" };
  const written = rule[1] === undefined ? entry : `!${entry}`;
  return { kind: "entries", lines: [{ entry: written, comment: "" }] };
}

const nowhere = new Set(["0.0.0.0", "127.0.0.1", "::", "::1", "127.0.1.1"]);
const ownNames = /^(?:localhost|localhost\.localdomain|broadcasthost|ip6-.*|local)$/;

function readHosts(line: string): ForeignLine | undefined {
  const [, address = "", names, comment = ""] = /^(\S+)\s+([^#]+)(?:#(.*))?$/.exec(line) ?? [];
  if (!nowhere.has(address) || names === undefined) return undefined;
  const lines = names
    .trim()
    .split(/\s+/)
    .filter((name) => !ownNames.test(name.toLowerCase()) && !nowhere.has(name))
    .flatMap((name) => tidy(name) ?? [])
    .map((entry) => ({ entry, comment: comment.trim() }));
  return lines.length === 0 ? { kind: "skipped" } : { kind: "entries", lines };
}

function readSquid(line: string): ForeignLine | undefined {
  const [, name, comment = ""] = /^(\.?[^\s#]+)\s*(?:#(.*))?$/.exec(line) ?? [];
  const entry = name === undefined ? undefined : tidy(name);
  return entry === undefined
    ? undefined
    : { kind: "entries", lines: [{ entry, comment: comment.trim() }] };
}

/** Foreign lists are written in capitals and with trailing dots; the meaning is plain. */
export function tidy(text: string): string | undefined {
  const parsed = parseEntry(text.toLowerCase().replace(/\.$/, ""));
  return parsed.ok && !/[!/]/.test(parsed.entry) ? parsed.entry : undefined;
}
