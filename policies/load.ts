/**
 * Reads a policy and its list files and hands back either a compiled policy or every problem found,
 * each with file, line and column. Never throws for a bad file and never returns half a policy: the
 * caller keeps the one in force.
 */
import { readFile, stat } from "node:fs/promises";
import { dirname, isAbsolute, join, normalize } from "node:path";
import { LineCounter, parseDocument } from "yaml";
import { feedFile } from "./compile/lists.ts";
import { type CompileResult, compilePolicy } from "./compile.ts";
import { Positions } from "./positions.ts";
import { type Problem, quote } from "./problem.ts";
import { maxListBytes, type PolicyFile, policySchema } from "./schema.ts";
import { zodProblems } from "./zod-problems.ts";

export type LoadResult = { readonly files: readonly string[] } & CompileResult;

const maxPolicyBytes = 4 * 1024 * 1024;

export async function loadPolicy(file: string): Promise<LoadResult> {
  const text = await readText(file, maxPolicyBytes);
  if (text === undefined) return { ok: false, files: [file], problems: [unreadable(file)] };
  const parsed = parsePolicy(text, file);
  if (!parsed.ok) return { ok: false, files: [file], problems: parsed.problems };
  const { value, positions } = parsed;
  const folder = dirname(file);
  const wanted = wantedFiles(value);
  const listTexts = new Map<string, string | undefined>();
  for (const name of new Set(wanted)) {
    listTexts.set(
      name,
      staysBelow(name) ? await readText(join(folder, name), maxListBytes) : undefined,
    );
  }
  const files = [file, ...wanted.filter(staysBelow).map((name) => join(folder, name))];
  return { files, ...compilePolicy({ value, positions, file, folder, listTexts }) };
}

/** Everything besides the main file, as written in the policy. */
function wantedFiles(value: PolicyFile): string[] {
  return [
    ...Object.values(value.lists).flatMap(({ file, feed }) => [
      ...(file === undefined ? [] : [file]),
      ...(feed === undefined ? [] : [feedFile(feed)]),
    ]),
    ...Object.values(value.parents).flatMap((parent) => parent.ca_file ?? []),
  ];
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

async function readText(path: string, limitBytes: number): Promise<string | undefined> {
  try {
    const { size } = await stat(path);
    if (size > limitBytes) return undefined;
    return new TextDecoder("utf-8", { fatal: true }).decode(await readFile(path));
  } catch (error) {
    // Absent, not ours to read, a folder, or not UTF-8: for the reader these are one thing, said once.
    if (error instanceof Error) return undefined;
    throw error;
  }
}

function unreadable(file: string): Problem {
  return {
    file,
    line: 1,
    column: 1,
    ja: "ポリシーのファイルを読めません。場所、権限、文字コード (UTF-8) を確かめてください。",
    en: "The policy file cannot be read; check that it exists, is readable and is UTF-8.",
  };
}
