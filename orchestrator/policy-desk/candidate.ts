/** From what somebody wants to publish to a tree of kept files. Nothing here changes the policy in force. */
import { dirname, join, relative } from "node:path";
import { loadPolicy, parsePolicy } from "../../policies/load.ts";
import { AppError } from "../base/errors.ts";
import { editList } from "./list-text.ts";
import type { ObjectStore } from "./objects.ts";
import { editRules } from "./rule-text.ts";
import { fileOf, isTreePath, makeTree, type Tree, type TreeFile } from "./tree.ts";
import type { CandidateSource, PolicyEdit } from "./types.ts";
import type { Version } from "./versions.ts";

export interface CandidateParts {
  readonly objects: ObjectStore;
  /** Name of the main file below the policy's folder. */
  readonly main: string;
  readonly version: (number: number) => Version;
}

/** Throws EDIT_NOT_POSSIBLE, NOT_FOUND or BAD_REQUEST. */
export async function candidateTree(
  parts: CandidateParts,
  source: CandidateSource,
  base: Tree,
): Promise<Tree> {
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

async function fromFolder(parts: CandidateParts, folder: string): Promise<Tree> {
  const { files } = await loadPolicy(join(folder, parts.main));
  const paths = files.map((file) => relative(folder, file));
  try {
    return await parts.objects.putTree(folder, paths);
  } catch (error) {
    throw new AppError("POLICY_INVALID", { folder, reason: "a file cannot be read" }, error);
  }
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
  const main = fileOf(tree, parts.main);
  const parsed = main && parsePolicy(await parts.objects.text(main), parts.main);
  if (!parsed?.ok) throw new AppError("EDIT_NOT_POSSIBLE", { reason: "not-editable" });
  const list = Object.hasOwn(parsed.value.lists, id) ? parsed.value.lists[id] : undefined;
  const file = list?.edits ?? list?.file;
  if (file === undefined)
    throw new AppError("EDIT_NOT_POSSIBLE", { list: id, reason: list ? "not-a-file" : "absent" });
  return join(dirname(parts.main), file);
}
