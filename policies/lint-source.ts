/**
 * A policy with the entries of its lists as they stand in their files: what lint and diff look at. The
 * compiled policy says what counts; the lines say where a person finds it. Reads disk, through load.ts
 * and for the list files themselves.
 */
import { readFile, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { CompiledList, CompiledPolicy } from "./compiled.ts";
import { parseListLine } from "./list-line.ts";
import { loadPolicy } from "./load.ts";
import { type PreparedPolicy, preparePolicy } from "./match.ts";
import type { Path } from "./positions.ts";
import type { Problem } from "./problem.ts";

export interface ListedEntry {
  readonly entry: string;
  readonly file: string;
  readonly line: number;
  /** The entry itself ends some day: it covers nothing for good. */
  readonly expires: boolean;
  /** Milliseconds since the epoch, where it is known. */
  readonly expiresAt?: number;
}

/** "not-listed": too big, or not one host a line; nothing is claimed about its entries. */
export type Entries = readonly ListedEntry[] | "not-listed";

export interface PolicySource {
  readonly file: string;
  readonly policy: CompiledPolicy;
  /** Where something of it is defined: ["lists", "allow"]. */
  readonly placeOf: (path: Path) => { readonly file: string; readonly line: number };
  /** The same, ready to be asked. */
  readonly prepared: PreparedPolicy;
  /** By list id. Repeats are in it. */
  readonly lists: ReadonlyMap<string, Entries>;
}

export type SourceResult =
  | { readonly ok: true; readonly source: PolicySource }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** About two million names. Beyond that entry-by-entry findings would cost gigabytes. */
const maxListedBytes = 48 * 1024 * 1024;

export async function readSource(file: string): Promise<SourceResult> {
  const loaded = await loadPolicy(file);
  if (!loaded.ok) return { ok: false, problems: loaded.problems };
  const prepared = preparePolicy(loaded.policy, loaded.indexes);
  const lists = new Map<string, Entries>();
  for (const list of loaded.policy.lists) {
    lists.set(list.id, await entriesOf(list, file));
  }
  const placeOf = (path: Path) => {
    const { line, file: included = file } = loaded.places.of(path);
    return { file: included, line };
  };
  return { ok: true, source: { file, policy: loaded.policy, placeOf, prepared, lists } };
}

async function entriesOf(list: CompiledList, file: string): Promise<Entries> {
  // Additions and exceptions in a file of their own: what the list says as a whole is not in its lines.
  if (list.edits) return "not-listed";
  const held = heldEntries(list, file);
  if (list.file === undefined) return list.index ? "not-listed" : held;
  const path = join(dirname(file), list.file);
  if ((await stat(path)).size > maxListedBytes) return "not-listed";
  const lines = listLines(await readFile(path, "utf8"), path);
  // Written in a form with other rules than one host a line: only the compiled list says what is in it.
  const distinct = new Set(lines?.map(({ entry }) => entry)).size;
  const total = list.index?.entries ?? list.entries.length;
  if (lines && distinct === total) return withDays(lines, list);
  return list.index ? "not-listed" : held;
}

/** The compiled list knows when its days end, in the policy's zone. */
function withDays(lines: readonly ListedEntry[], list: CompiledList): readonly ListedEntry[] {
  const ends = new Map(list.expiries?.map(([index, at]) => [list.entries[index], at]));
  if (ends.size === 0) return lines;
  return lines.map((line) => {
    const expiresAt = line.expires ? ends.get(line.entry) : undefined;
    return expiresAt === undefined ? line : { ...line, expiresAt };
  });
}

function heldEntries(list: CompiledList, file: string): ListedEntry[] {
  const ending = new Map(list.expiries);
  const path = list.file === undefined ? file : join(dirname(file), list.file);
  return list.entries.map((entry, index) => ({
    entry,
    file: path,
    line: list.lines[index] ?? 0,
    expires: ending.has(index),
    ...(ending.has(index) && { expiresAt: ending.get(index) ?? 0 }),
  }));
}

/** One host a line with `#` comments, as people write lists; repeats included. Undefined for any other form. */
export function listLines(text: string, file: string): ListedEntry[] | undefined {
  const found: ListedEntry[] = [];
  for (const [index, raw] of text
    .replace(/^\ufeff/, "")
    .split(/\r?\n/)
    .entries()) {
    const line = parseListLine(raw);
    if (line.kind === "problem") return undefined;
    if (line.kind === "blank") continue;
    const expires = line.expires !== undefined;
    found.push({ entry: line.entry, file, line: index + 1, expires });
  }
  return found;
}
