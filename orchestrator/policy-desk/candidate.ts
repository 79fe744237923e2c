/** From what somebody wants to publish to a tree of kept files. Nothing here changes the policy in force. */
import { normalize } from "node:path";
import { takesEdits } from "../../policies/compile/lists.ts";
import { filesNamedBy, parsePolicy } from "../../policies/load.ts";
import type { PolicyFile } from "../../policies/schema.ts";
import { AppError } from "../base/errors.ts";
import { editList } from "./list-text.ts";
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
  const value = await parsedMain(parts, tree);
  // What cannot be parsed is refused by its trial, whatever else is in it.
  if (!value) return tree;
  const named = new Set([parts.main, ...filesNamedBy(value)]);
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
    const main = await parts.objects.putTree(folder, await reader.read([parts.main]));
    const value = await parsedMain(parts, main);
    const named = await reader.read(value ? filesNamedBy(value) : []);
    return withFiles(main, (await parts.objects.putTree(folder, named)).files);
  } catch (error) {
    throw new AppError("POLICY_INVALID", { folder, reason: "a file cannot be read" }, error);
  }
}

async function parsedMain(parts: CandidateParts, tree: Tree): Promise<PolicyFile | undefined> {
  const main = fileOf(tree, parts.main);
  const parsed = main && parsePolicy(await parts.objects.text(main), parts.main);
  return parsed?.ok === true ? parsed.value : undefined;
}

async function applyEdit(parts: CandidateParts, tree: Tree, edit: PolicyEdit): Promise<Tree> {
  const path = edit.kind === "rule" ? parts.main : await listPath(parts, tree, edit.list);
  const file = fileOf(tree, path);
  if (!file) throw new AppError("EDIT_NOT_POSSIBLE", { file: path, reason: "absent" });
  const text = await parts.objects.text(file);
  const changed = edit.kind === "rule" ? editRules(text, edit.edit) : editList(text, edit.edit);
  if (!changed.ok) throw new AppError("EDIT_NOT_POSSIBLE", { file: path, reason: changed.reason });
  return withFiles(tree, [await parts.objects.put(path, changed.text)]);
}

/** Lists that stand in the policy itself are edited there, by hand. */
async function listPath(parts: CandidateParts, tree: Tree, id: string): Promise<string> {
  const value = await parsedMain(parts, tree);
  if (!value) throw new AppError("EDIT_NOT_POSSIBLE", { reason: "not-editable" });
  const list = Object.hasOwn(value.lists, id) ? value.lists[id] : undefined;
  const file = list?.edits ?? list?.file;
  if (!list || file === undefined || !takesEdits(list))
    throw new AppError("EDIT_NOT_POSSIBLE", { list: id, reason: list ? "not-a-file" : "absent" });
  return normalize(file);
}
