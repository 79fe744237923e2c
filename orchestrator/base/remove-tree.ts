/**
 * Removes a directory as root although others own folders in it. Always holds: a folder that somebody
 * else may write is read and emptied, never entered below, because what is a folder when it is looked at
 * may be a symbolic link when it is entered. What is then not empty stays, and the removal fails.
 */
import type { Stats } from "node:fs";
import { lstat, readdir, rmdir, unlink } from "node:fs/promises";
import { join } from "node:path";

/** Nothing to do when `path` does not exist. Its parent must be writable for this process's user only. */
export async function removeTree(path: string): Promise<void> {
  const found = await orAbsent(lstat(path));
  if (found === undefined) return;
  if (!found.isDirectory()) {
    await orAbsent(unlink(path));
    return;
  }
  const remove = isOurs(found) ? removeTree : removeFlat;
  for (const name of (await orAbsent(readdir(path))) ?? []) await remove(join(path, name));
  await orAbsent(rmdir(path));
}

const groupOrOtherWrite = 0o022;

const isOurs = (found: Stats): boolean =>
  found.uid === process.getuid?.() && (found.mode & groupOrOtherWrite) === 0;

/** Neither call follows a link at the end of the path. */
async function removeFlat(path: string): Promise<void> {
  try {
    await orAbsent(unlink(path));
  } catch (error) {
    if (codeOf(error) !== "EISDIR" && codeOf(error) !== "EPERM") throw error;
    await orAbsent(rmdir(path));
  }
}

async function orAbsent<T>(act: Promise<T>): Promise<T | undefined> {
  try {
    return await act;
  } catch (error) {
    if (codeOf(error) === "ENOENT") return undefined;
    throw error;
  }
}

const codeOf = (error: unknown): unknown =>
  error instanceof Error && "code" in error ? error.code : undefined;
