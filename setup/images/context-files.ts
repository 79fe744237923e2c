/**
 * The build context of an image: which files of this tree go where. Sorted, with contents hashed, so that
 * the same tree always gives the same hash. Links are refused: what they point at would not be hashed.
 */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { ImageRecipe } from "../../images/manifest.ts";

export interface ContextFile {
  /** Absolute path on this machine. */
  readonly from: string;
  /** Path in the context, with "/". */
  readonly to: string;
  readonly size: number;
  readonly executable: boolean;
}

/** Names the version; a new bundler makes a new image. */
const bundlerVersion = "node_modules/vite/package.json";

/** For people and compilers; nothing inside an image reads them, so a change must not rebuild it. */
const unread = /(^|\/)(README(\.\w+)?|CHANGELOG(\.\w+)?)$|\.(d\.[cm]?ts|map|test\.ts)$/i;

async function collect(from: string, to: string, into: ContextFile[]): Promise<void> {
  const found = await lstat(from);
  if (found.isDirectory()) {
    for (const name of (await readdir(from)).sort())
      await collect(join(from, name), `${to}/${name}`, into);
    return;
  }
  if (!found.isFile())
    throw new Error(`${from} is neither a file nor a folder; a build context has only these`);
  if (unread.test(to)) return;
  into.push({ from, to, size: found.size, executable: (found.mode & 0o111) !== 0 });
}

/** What the bundle of a recipe is made from, bundler included; empty when it has none. */
export async function listSources(root: string, { bundle }: ImageRecipe): Promise<ContextFile[]> {
  const files: ContextFile[] = [];
  if (!bundle) return files;
  for (const path of [...bundle.sources, bundlerVersion])
    await collect(join(root, path), path, files);
  return files.sort((a, b) => (a.to < b.to ? -1 : 1));
}

export async function listContext(root: string, recipe: ImageRecipe): Promise<ContextFile[]> {
  const files: ContextFile[] = [];
  for (const { from, to } of recipe.context) await collect(join(root, from), to, files);
  await collect(join(root, recipe.dockerfile), "Dockerfile", files);
  return files.sort((a, b) => (a.to < b.to ? -1 : 1));
}

/** SHA-256 of file contents, once per path: the Node binary is in every image. */
export function createFileHasher(): (path: string) => Promise<string> {
  const known = new Map<string, Promise<string>>();
  const hash = async (path: string): Promise<string> => {
    const sum = createHash("sha256");
    for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 }))
      sum.update(chunk as Buffer);
    return sum.digest("hex");
  };
  return (path) => {
    const found = known.get(path) ?? hash(path);
    known.set(path, found);
    return found;
  };
}

/** One hash over names, modes and contents. `also` names what else the image depends on: its base. */
export async function hashContext(
  files: readonly ContextFile[],
  also: string,
  hashFile: (path: string) => Promise<string>,
): Promise<string> {
  const sum = createHash("sha256").update(`${also}\n`);
  for (const file of files)
    sum.update(`${file.to}\0${file.executable ? "x" : "-"}\0${await hashFile(file.from)}\n`);
  return sum.digest("hex");
}
