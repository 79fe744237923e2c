/**
 * Reads a policy and its list files and hands back either a compiled policy or every problem found,
 * each with file, line and column. Never throws for a bad file and never returns half a policy: the
 * caller keeps the one in force.
 */
import { readFile, stat } from "node:fs/promises";
import { dirname, isAbsolute, join, normalize } from "node:path";
import { LineCounter, parseDocument } from "yaml";
import type { Source } from "./compile/context.ts";
import { feedFile } from "./compile/feeds.ts";
import { type CompileResult, compilePolicy } from "./compile.ts";
import type { CompiledPolicy, LineFormat } from "./compiled.ts";
import { notUtf8 } from "./index/build.ts";
import type { ListIndex } from "./index/list-index.ts";
import { IndexStore } from "./index/store.ts";
import type { ListIndexes } from "./match.ts";
import { Positions } from "./positions.ts";
import { type Problem, quote } from "./problem.ts";
import { maxListBytes, type PolicyFile, policySchema } from "./schema.ts";
import { isTimeZone } from "./time-window.ts";
import { zodProblems } from "./zod-problems.ts";

export type LoadResult = { readonly files: readonly string[] } & (
  | (Extract<CompileResult, { ok: true }> & {
      /** Of the big lists, by the name that the policy gives them. */
      readonly indexes: ListIndexes;
    })
  | Extract<CompileResult, { ok: false }>
);

const maxPolicyBytes = 4 * 1024 * 1024;
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
    return { ok: false, files: [file], problems: [unreadable(file, main.kind)] };
  }
  const parsed = parsePolicy(main.text, file);
  if (!parsed.ok) return { ok: false, files: [file], problems: parsed.problems };
  const { value, positions } = parsed;
  const folder = dirname(file);
  const wanted = wantedFiles(value);
  const sources = new Map<string, Source>();
  for (const { name, formats } of wanted)
    sources.set(name, await readSource(join(folder, name), value.tz, formats, store));
  const files = [file, ...wanted.map(({ name }) => join(folder, name))];
  const compiled = compilePolicy({ value, positions, file, folder, sources });
  if (!compiled.ok) return { files, ...compiled };
  return { files, ...compiled, indexes: await openIndexes(compiled.policy, store) };
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

/** Paths below the policy's folder, besides the main file, whether or not anything stands there. */
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

export type ParseResult =
  | { readonly ok: true; readonly value: PolicyFile; readonly positions: Positions }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** YAML syntax and shape. Exported for texts that are not files yet. */
export function parsePolicy(text: string, file: string): ParseResult {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false });
  const positions = new Positions(document, counter);
  // A warning (an unknown tag, say) means that the text does not say what it seems to say.
  const faults = [...document.errors, ...document.warnings];
  if (faults.length > 0) {
    const problems = faults.map((fault) => ({
      file,
      ...positions.at(fault.pos[0]),
      ja: `YAML として読めません (${quote(fault.message)})。字下げ、「:」の後の空白、引用符の閉じ忘れを確かめてください。`,
      en: `This is not valid YAML (${quote(fault.message)}); check indentation, the space after ":" and closing quotes.`,
    }));
    return { ok: false, problems };
  }
  const value = toValue(document);
  const checked = policySchema.safeParse(value, { reportInput: true });
  return checked.success
    ? { ok: true, value: checked.data, positions }
    : { ok: false, problems: zodProblems(file, checked.error.issues, positions) };
}

function toValue(document: ReturnType<typeof parseDocument>): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (error) {
    // Aliases that multiply beyond the limit: the shape check then says that nothing is there.
    if (error instanceof ReferenceError) return undefined;
    throw error;
  }
}

/** List files live below the policy's folder, so that a copy of the folder is a copy of the policy. */
function staysBelow(name: string): boolean {
  return !isAbsolute(name) && !normalize(name).startsWith("..") && !name.includes("\0");
}

async function readText(path: string, limitBytes: number): Promise<Source> {
  try {
    const { size } = await stat(path);
    if (size > limitBytes) return { kind: "too-large" };
    const bytes = await readFile(path);
    return { kind: "text", text: new TextDecoder("utf-8", { fatal: true }).decode(bytes) };
  } catch (error) {
    // Absent, not ours to read, or a folder: for the reader these are one thing, said once.
    if (error instanceof TypeError) return { kind: "not-utf8" };
    if (error instanceof Error) return { kind: "absent" };
    throw error;
  }
}

function unreadable(file: string, kind: Exclude<Source["kind"], "text">): Problem {
  const place = { file, line: 1, column: 1 };
  if (kind === "not-utf8") return { ...place, ja: notUtf8[0], en: notUtf8[1] };
  if (kind === "too-large") {
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
