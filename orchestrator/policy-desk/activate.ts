/**
 * Puts a kept version's files into the policy's folder. A file is only ever replaced when it still is
 * what the version was made from: the old one is moved aside first and looked at after the move, so that
 * somebody who saves it in the same instant is noticed and never overwritten. Everything that can fail for
 * want of space or rights is done before the first file moves.
 *
 * Nobody may load the folder while this runs; versions.ts remembers that it runs.
 */
import {
  chmod,
  chown,
  copyFile,
  link,
  mkdir,
  open,
  readdir,
  rename,
  rm,
  stat,
} from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { ObjectStore } from "./objects.ts";
import { syncFolder } from "./objects.ts";
import { fileOf, hashFile, type Tree, type TreeFile } from "./tree.ts";

export interface ActivateParts {
  readonly folder: string;
  readonly objects: ObjectStore;
  /** Called before each step with its name; tests end the process there. */
  readonly onStep?: (step: string) => void;
}

export type ActivateResult =
  | { readonly outcome: "done" }
  /** A file was not what it should be; everything is as it was. */
  | { readonly outcome: "conflict"; readonly path: string };

interface Move {
  readonly file: TreeFile;
  readonly target: string;
  readonly fresh: string;
  readonly aside: string;
}

const freshPrefix = ".hanare-new-";
const asidePrefix = ".hanare-old-";

/** @param base what the files must be until now; a file that it does not name must not exist or be the same */
export async function activate(
  parts: ActivateParts,
  target: Tree,
  base: Tree | undefined,
): Promise<ActivateResult> {
  const step = parts.onStep ?? (() => undefined);
  step("compare");
  const moves: Move[] = [];
  for (const file of target.files) {
    const now = await hashOf(join(parts.folder, file.path));
    if (now === file.sha256) continue;
    if (now !== fileOf(base, file.path)?.sha256) return { outcome: "conflict", path: file.path };
    moves.push(moveOf(parts.folder, file));
  }
  try {
    for (const move of moves) {
      step(`write ${move.file.path}`);
      await writeFresh(parts, move);
    }
    return await moveAll(moves, base, step);
  } finally {
    for (const { fresh } of moves) await rm(fresh, { force: true });
  }
}

async function moveAll(
  moves: readonly Move[],
  base: Tree | undefined,
  step: (name: string) => void,
): Promise<ActivateResult> {
  const done: Move[] = [];
  for (const move of moves) {
    step(`move ${move.file.path}`);
    done.push(move);
    if (await replace(move, fileOf(base, move.file.path)?.sha256, step)) continue;
    for (const each of done.toReversed()) await putBack(each);
    return { outcome: "conflict", path: move.file.path };
  }
  step("sync");
  for (const folder of new Set(moves.map(({ target }) => dirname(target))))
    await syncFolder(folder);
  // Somebody who still held an old file open may have written to it after the move.
  for (const { aside, file } of moves) {
    const late = await hashOf(aside);
    if (late !== undefined && late !== fileOf(base, file.path)?.sha256) {
      for (const each of done.toReversed()) await putBack(each);
      return { outcome: "conflict", path: file.path };
    }
  }
  for (const { aside } of moves) await rm(aside, { force: true });
  return { outcome: "done" };
}

/** False when what stood there was not `expected`, or somebody put a file there in between. */
async function replace(
  { target, fresh, aside }: Move,
  expected: string | undefined,
  step: (name: string) => void,
): Promise<boolean> {
  await rename(target, aside).catch(unlessAbsent);
  if ((await hashOf(aside)) !== expected) return false;
  step(`link ${basename(target)}`);
  try {
    await link(fresh, target);
    return true;
  } catch (error) {
    if (codeOf(error) === "EEXIST") return false;
    throw error;
  }
}

async function putBack({ target, aside, file }: Move): Promise<void> {
  // Only our own file may go; one that somebody just put there stays and wins.
  if ((await hashOf(target)) === file.sha256) await rm(target, { force: true });
  await link(aside, target).catch((error: unknown) => {
    if (codeOf(error) !== "EEXIST") unlessAbsent(error);
  });
  await rm(aside, { force: true });
}

/**
 * After a crash: brings every file of `target` into place. A file that is neither of the two versions was
 * edited by hand meanwhile; `keep` is given it before it is replaced.
 */
export async function completeActivation(
  parts: ActivateParts,
  target: Tree,
  base: Tree | undefined,
  keep: (path: string, full: string) => Promise<void>,
): Promise<void> {
  for (const file of target.files) {
    const move = moveOf(parts.folder, file);
    const isOurs = (sha256: string | undefined) =>
      sha256 === undefined || sha256 === file.sha256 || sha256 === fileOf(base, file.path)?.sha256;
    for (const path of [move.aside, move.target])
      if (!isOurs(await hashOf(path))) await keep(file.path, path);
    await writeFresh(parts, move);
    await rename(move.fresh, move.target);
    await rm(move.aside, { force: true });
    await syncFolder(dirname(move.target));
  }
  await removeLeftovers(parts.folder, target);
}

async function removeLeftovers(folder: string, tree: Tree): Promise<void> {
  for (const inside of new Set(tree.files.map(({ path }) => dirname(join(folder, path)))))
    for (const name of await readdir(inside))
      if (name.startsWith(freshPrefix)) await rm(join(inside, name), { force: true });
}

function moveOf(folder: string, file: TreeFile): Move {
  const target = join(folder, file.path);
  const beside = (prefix: string) => join(dirname(target), `${prefix}${basename(target)}`);
  return { file, target, fresh: beside(freshPrefix), aside: beside(asidePrefix) };
}

/** With the mode and owner of the file it will replace. */
async function writeFresh({ folder, objects }: ActivateParts, move: Move): Promise<void> {
  await mkdir(dirname(move.target), { recursive: true });
  await rm(move.fresh, { force: true });
  await copyFile(objects.pathOf(move.file.sha256), move.fresh);
  const like = await stat(move.target).catch(() => stat(folder));
  await chmod(move.fresh, like.isFile() ? like.mode & 0o777 : 0o600);
  await chown(move.fresh, like.uid, like.gid);
  await using handle = await open(move.fresh, "r+");
  await handle.sync();
}

async function hashOf(path: string): Promise<string | undefined> {
  try {
    return (await hashFile(path)).sha256;
  } catch (error) {
    unlessAbsent(error);
    return undefined;
  }
}

function unlessAbsent(error: unknown): void {
  if (codeOf(error) !== "ENOENT") throw error;
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
