/**
 * Reads a policy and its list files and hands back either a compiled policy or every problem found,
 * each with file, line and column. Never throws for a bad file and never returns half a policy: the
 * caller keeps the one in force.
 */
import { readFile, realpath, stat } from "node:fs/promises";
import { dirname, join, normalize, sep } from "node:path";
import type { Source } from "./compile/context.ts";
import { feedFile } from "./compile/feeds.ts";
import { type CompileResult, compilePolicy } from "./compile.ts";
import type { CompiledPolicy, LineFormat } from "./compiled.ts";
import type { ListIndex } from "./index/list-index.ts";
import { IndexStore } from "./index/store.ts";
import type { ListIndexes } from "./match.ts";
import { type Included, parsePolicyTree, staysBelow } from "./include.ts";
import type { Places } from "./positions.ts";
import { notUtf8, type Problem } from "./problem.ts";
import { maxListBytes, type PolicyFile } from "./schema.ts";
import { isTimeZone } from "./time-window.ts";

export type LoadResult = { readonly files: readonly string[] } & (
  | (Extract<CompileResult, { ok: true }> & {
      /** Of the big lists, by the name that the policy gives them. */
      readonly indexes: ListIndexes;
      /** Where its parts stand. */
      readonly places: Places;
    })
  | Extract<CompileResult, { ok: false }>
);

export const maxPolicyBytes = 4 * 1024 * 1024;
/** Lists up to this size are held in full and are part of the policy itself. */
const smallListBytes = 256 * 1024;

/** @param store where snapshots of big lists are kept; without one they are made anew and not kept */
export async function loadPolicy(file: string, store?: IndexStore): Promise<LoadResult> {
  if (store) return loadWith(file, store);
  await using temporary = await IndexStore.temporary();
  return await loadWith(file, temporary);
}

async function loadWith(file: string, store: IndexStore): Promise<LoadResult> {
  const main = await readText(file, maxPolicyBytes);
  if (main.kind !== "text") {
    return { ok: false, files: [file], problems: [unreadable(file, main)] };
  }
  const folder = dirname(file);
  const parsed = await parsePolicyTree(
    main.text,
    file,
    (name) => readIncluded(folder, name),
    (name) => join(folder, name),
  );
  const parts = [file, ...parsed.included.map((name) => join(folder, name))];
  if (!parsed.ok) return { ok: false, files: parts, problems: parsed.problems };
  const { value, positions } = parsed;
  const wanted = wantedFiles(value);
  const sources = new Map<string, Source>();
  for (const { name, formats } of wanted)
    sources.set(name, await readSource(join(folder, name), value.tz, formats, store));
  const files = [...parts, ...wanted.map(({ name }) => join(folder, name))];
  const compiled = compilePolicy({ value, positions, file, folder, sources });
  if (!compiled.ok) return { files, ...compiled };
  return {
    files,
    ...compiled,
    indexes: await openIndexes(compiled.policy, store),
    places: positions,
  };
}

/** A link may not lead out of the folder: what is read there could be told in messages. */
async function readIncluded(folder: string, name: string): Promise<Included> {
  try {
    const [inside, real] = [await realpath(folder), await realpath(join(folder, name))];
    if (!real.startsWith(inside.endsWith(sep) ? inside : `${inside}${sep}`))
      return { kind: "outside" };
  } catch {
    return { kind: "absent" };
  }
  const found = await readText(join(folder, name), maxPolicyBytes);
  return found.kind === "index" ? { kind: "absent" } : found;
}

async function openIndexes(policy: CompiledPolicy, store: IndexStore): Promise<ListIndexes> {
  const opened = new Map<string, ListIndex>();
  for (const { index } of policy.lists)
    if (index) opened.set(index.sha256, await store.get(index.sha256));
  return opened;
}

async function readSource(
  path: string,
  tz: string,
  formats: readonly LineFormat[] | undefined,
  store: IndexStore,
): Promise<Source> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile()) return { kind: "absent" };
  if (found.size > maxListBytes) return { kind: "too-large" };
  if (formats === undefined || found.size <= smallListBytes || !isTimeZone(tz))
    return readText(path, smallListBytes);
  try {
    return { kind: "index", built: await store.build(path, path, tz, formats) };
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EACCES")
      return { kind: "absent" };
    throw error;
  }
}

interface Wanted {
  /** As written in the policy. */
  readonly name: string;
  /** Absent for what is no list. */
  readonly formats?: readonly LineFormat[];
}

/** Paths of lists and certificates below the policy's folder, whether or not anything stands there. */
export function filesNamedBy(value: PolicyFile): string[] {
  return wantedFiles(value).map(({ name }) => normalize(name));
}

/** Everything besides the main file. */
function wantedFiles(value: PolicyFile): Wanted[] {
  const domains: readonly LineFormat[] = ["domains"];
  const wanted: Wanted[] = [
    ...Object.values(value.lists).flatMap(({ file, feed, edits, format, categories }) => [
      ...(file === undefined ? [] : [{ name: file, formats: format ?? domains }]),
      ...(feed === undefined ? [] : [{ name: feedFile({ feed, categories }), formats: domains }]),
      ...(edits === undefined ? [] : [{ name: edits, formats: domains }]),
    ]),
    ...[...Object.values(value.parents), ...Object.values(value.feeds)].flatMap(
      ({ ca_file: name }) => (name === undefined ? [] : [{ name }]),
    ),
  ];
  return wanted.filter(({ name }) => staysBelow(name));
}

async function readText(path: string, limitBytes: number): Promise<Source> {
  let bytes: Buffer;
  try {
    const { size } = await stat(path);
    if (size > limitBytes) return { kind: "too-large" };
    bytes = await readFile(path);
  } catch (error) {
    // Absent, not ours to read, or a folder: for the reader these are one thing, said once.
    if (error instanceof Error) return { kind: "absent" };
    throw error;
  }
  const text = decode(bytes);
  return text === undefined
    ? { kind: "not-utf8", line: firstBadLine(bytes) }
    : { kind: "text", text };
}

function decode(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

function firstBadLine(bytes: Buffer): number {
  let line = 1;
  for (let from = 0; from < bytes.length; line++) {
    const newline = bytes.indexOf(10, from);
    const end = newline === -1 ? bytes.length : newline + 1;
    if (decode(bytes.subarray(from, end)) === undefined) return line;
    from = end;
  }
  return 1;
}

type Unread = Exclude<Source, { kind: "text" | "index" }>;

function unreadable(file: string, source: Unread | { readonly kind: "index" }): Problem {
  const place = { file, line: 1, column: 1 };
  if (source.kind === "not-utf8")
    return { ...place, line: source.line, ja: notUtf8[0], en: notUtf8[1] };
  if (source.kind === "too-large") {
    const limit = `${maxPolicyBytes / 1024 / 1024} MB`;
    return {
      ...place,
      ja: `ポリシーのファイルが大きすぎます (上限 ${limit})。サイトの並びはリストのファイルに移してください。`,
      en: `The policy file is too large (limit ${limit}); move long lists of sites into list files.`,
    };
  }
  return {
    ...place,
    ja: "ポリシーのファイルを読めません。場所、権限、文字コード (UTF-8) を確かめてください。",
    en: "The policy file cannot be read; check that it exists, is readable and is UTF-8.",
  };
}
