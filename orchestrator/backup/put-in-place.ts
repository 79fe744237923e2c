/**
 * Puts a checked copy of an installation in the place of what a data directory holds. The name of the folder that holds
 * the copy says how far it is: `restore-ready-…` while the old things move aside, `restore-moving-…` while the new ones
 * move in. Each name is taken in one step, and from the first on there is only forward: whoever finds such a folder,
 * this process or a later one, goes on where the last one stopped.
 */
import { mkdir, open, readdir, rename, rmdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { replacedNames } from "./contents.ts";

const underWay = /^restore-(ready|moving)-(\d{8}T\d{6}Z)$/;

/** @returns the folder that has what was there before; undefined when nothing was. */
export async function putInPlace(
  dataDir: string,
  checked: string,
  nowMs: number,
): Promise<string | undefined> {
  const stamp = new Date(nowMs).toISOString().replace(/[-:]|\.\d+/g, "");
  await syncFolder(checked);
  await rename(checked, join(dataDir, `restore-ready-${stamp}`));
  await syncFolder(dataDir);
  return finishRestore(dataDir);
}

/** Nothing to do when no restore was interrupted. Call it before anything reads the directory. */
export async function finishRestore(dataDir: string): Promise<string | undefined> {
  for (const name of await namesIn(dataDir)) {
    const [, state, stamp] = underWay.exec(name) ?? [];
    if (state === undefined || stamp === undefined) continue;
    const aside = join(dataDir, `replaced-${stamp}`);
    const moving = join(dataDir, `restore-moving-${stamp}`);
    if (state === "ready") {
      await moveAside(dataDir, aside);
      await rename(join(dataDir, name), moving);
      await syncFolder(dataDir);
    }
    for (const each of await readdir(moving)) await rename(join(moving, each), join(dataDir, each));
    await syncFolder(dataDir);
    await rmdir(moving);
    return (await exists(aside)) ? aside : undefined;
  }
  return undefined;
}

async function moveAside(dataDir: string, aside: string): Promise<void> {
  for (const name of replacedNames) {
    if (!(await exists(join(dataDir, name)))) continue;
    await mkdir(aside, { recursive: true, mode: 0o700 });
    await rename(join(dataDir, name), join(aside, name));
  }
  if (await exists(aside)) await syncFolder(aside);
  await syncFolder(dataDir);
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return (await exists(folder)) ? readdir(folder) : [];
}

async function exists(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return false;
    throw error;
  }
}

async function syncFolder(folder: string): Promise<void> {
  await using handle = await open(folder, "r");
  await handle.sync();
}
