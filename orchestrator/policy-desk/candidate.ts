/** From what somebody wants to publish to a tree of kept files. Nothing here changes the policy in force. */
import { normalize } from "node:path";
import { takesEdits } from "../../policies/compile/lists.ts";
import { parsePolicyTree, type ReadIncluded, type TreeResult } from "../../policies/include.ts";
import { filesNamedBy, maxPolicyBytes } from "../../policies/load.ts";
import { AppError } from "../base/errors.ts";
import { editList, type TextEdit } from "./list-text.ts";
import type { ObjectStore } from "./objects.ts";
import { editRules } from "./rule-text.ts";
import { fileOf, isTreePath, makeTree, type Tree, type TreeFile, TreeReader } from "./tree.ts";
import type { CandidateSource, PolicyEdit } from "./types.ts";
import type { Version } from "./versions.ts";

export interface CandidateParts {
  readonly objects: ObjectStore;
  /** Name of the main file below the policy's folder. */
  readonly main: string;
  readonly version: (number: number) => Version;
}

/**
 * Holds what its policy names and nothing else: the folder is read by those names, and a file more would
 * make it another version than the one published. Throws EDIT_NOT_POSSIBLE, NOT_FOUND, BAD_REQUEST or
 * POLICY_INVALID.
 */
export async function candidateTree(
  parts: CandidateParts,
  source: CandidateSource,
  base: Tree,
): Promise<Tree> {
  const tree = await treeOf(parts, source, base);
  const parsed = await parsedTree(parts, tree);
  // What cannot be parsed is refused by its trial, whatever else is in it.
  if (!parsed?.ok) return tree;
  const named = new Set([parts.main, ...parsed.included, ...filesNamedBy(parsed.value)]);
  return makeTree(tree.files.filter(({ path }) => named.has(path)));
}

async function treeOf(parts: CandidateParts, source: CandidateSource, base: Tree): Promise<Tree> {
  switch (source.kind) {
    case "version":
      return parts.version(source.number).tree;
    case "folder":
      return fromFolder(parts, source.folder);
    case "files": {
      const files: TreeFile[] = [];
      for (const { path, text } of source.files) {
        if (!isTreePath(path)) throw new AppError("BAD_REQUEST", { field: "path" });
        files.push(await parts.objects.put(path, text));
      }
      return withFiles(base, files);
    }
    case "edits": {
      let tree = base;
      for (const edit of source.edits) tree = await applyEdit(parts, tree, edit);
      return tree;
    }
  }
}

function withFiles(base: Tree, files: readonly TreeFile[]): Tree {
  const kept = base.files.filter(({ path }) => !files.some((file) => file.path === path));
  return makeTree([...kept, ...files]);
}

/** What is not there is left out: the trial says which line names it. */
async function fromFolder(parts: CandidateParts, folder: string): Promise<Tree> {
  try {
    const reader = new TreeReader(folder);
    const keep = async (...paths: string[]) =>
      (await parts.objects.putTree(folder, await reader.read(paths))).files;
    let tree = makeTree(await keep(parts.main));
    const parsed = await parsedTree(parts, tree, async (name) => {
      const files = await keep(name);
      tree = withFiles(tree, files);
      return readKept(parts, tree, name);
    });
    return parsed?.ok === true ? withFiles(tree, await keep(...filesNamedBy(parsed.value))) : tree;
  } catch (error) {
    throw new AppError("POLICY_INVALID", { folder, reason: "a file cannot be read" }, error);
  }
}

/** Undefined when there is no main file. */
async function parsedTree(
  parts: CandidateParts,
  tree: Tree,
  read: ReadIncluded = (name) => readKept(parts, tree, name),
): Promise<TreeResult | undefined> {
  const main = fileOf(tree, parts.main);
  if (!main) return undefined;
  return parsePolicyTree(await parts.objects.text(main), parts.main, read, (name) => name);
}

async function readKept(parts: CandidateParts, tree: Tree, name: string) {
  const file = fileOf(tree, name);
  if (!file) return { kind: "absent" as const };
  if (file.bytes > maxPolicyBytes) return { kind: "too-large" as const };
  return { kind: "text" as const, text: await parts.objects.text(file) };
}

async function applyEdit(parts: CandidateParts, tree: Tree, edit: PolicyEdit): Promise<Tree> {
  if (edit.kind === "list") {
    const path = await listPath(parts, tree, edit.list);
    return (await edited(parts, tree, path, (text) => editList(text, edit.edit))).tree;
  }
  // A rule is edited in the file that it stands in; a new one goes beside the one that it goes before.
  const included = (await parsedTree(parts, tree))?.included ?? [];
  let last: string = parts.main;
  for (const path of [parts.main, ...included]) {
    const found = await edited(parts, tree, path, (text) => editRules(text, edit.edit), "absent");
    if (found.done) return found.tree;
    last = path;
  }
  throw new AppError("EDIT_NOT_POSSIBLE", { file: last, reason: "absent" });
}

/** @param lenient a reason that is no failure: the tree comes back as it was, not `done` */
async function edited(
  parts: CandidateParts,
  tree: Tree,
  path: string,
  edit: (text: string) => TextEdit,
  lenient?: string,
): Promise<{ readonly tree: Tree; readonly done: boolean }> {
  const file = fileOf(tree, path);
  if (!file) throw new AppError("EDIT_NOT_POSSIBLE", { file: path, reason: "absent" });
  const changed = edit(await parts.objects.text(file));
  if (changed.ok) {
    return { tree: withFiles(tree, [await parts.objects.put(path, changed.text)]), done: true };
  }
  if (changed.reason === lenient) return { tree, done: false };
  throw new AppError("EDIT_NOT_POSSIBLE", { file: path, reason: changed.reason });
}

/** Lists that stand in the policy itself are edited there, by hand. */
async function listPath(parts: CandidateParts, tree: Tree, id: string): Promise<string> {
  const parsed = await parsedTree(parts, tree);
  if (!parsed?.ok) throw new AppError("EDIT_NOT_POSSIBLE", { reason: "not-editable" });
  const { lists } = parsed.value;
  const list = Object.hasOwn(lists, id) ? lists[id] : undefined;
  const file = list?.edits ?? list?.file;
  if (!list || file === undefined || !takesEdits(list))
    throw new AppError("EDIT_NOT_POSSIBLE", { list: id, reason: list ? "not-a-file" : "absent" });
  return normalize(file);
}
