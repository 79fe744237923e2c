/**
 * A policy as the set of its files: path below the policy's folder, SHA-256, size. Two folders with the
 * same tree hold the same policy, byte for byte. Reading is by stream: a list may have 200 MB. Files that
 * have not changed since the last look (inode, size, time) are not read again.
 */
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { isAbsolute, join, normalize } from "node:path";
import { z } from "zod";

export const treeFile = z.strictObject({
  path: z.string().min(1).max(255),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  bytes: z.int().min(0),
});
export type TreeFile = z.infer<typeof treeFile>;

export interface Tree {
  /** SHA-256 of the list of files; the identity of the policy's content. */
  readonly id: string;
  /** Sorted by path. */
  readonly files: readonly TreeFile[];
}

export function makeTree(files: readonly TreeFile[]): Tree {
  const sorted = files.toSorted((a, b) => (a.path < b.path ? -1 : 1));
  const text = sorted.map(({ path, sha256 }) => `${sha256}  ${path}\n`).join("");
  return { id: createHash("sha256").update(text).digest("hex"), files: sorted };
}

export function fileOf(tree: Tree | undefined, path: string): TreeFile | undefined {
  return tree?.files.find((file) => file.path === path);
}

/** Whether a path may stand in a tree: relative, below the folder, none of our own working files. */
export function isTreePath(path: string): boolean {
  return (
    path !== "" &&
    !isAbsolute(path) &&
    normalize(path) === path &&
    !path.startsWith("..") &&
    !path.includes("\0") &&
    !path.split("/").some((part) => part.startsWith(".hanare-"))
  );
}

export class TreeReader {
  readonly #folder: string;
  readonly #known = new Map<string, { readonly mark: string; readonly file: TreeFile }>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Of those `paths` that exist. */
  async read(paths: Iterable<string>): Promise<Tree> {
    const files: TreeFile[] = [];
    for (const path of new Set(paths)) {
      const file = await this.readFile(path);
      if (file) files.push(file);
    }
    return makeTree(files);
  }

  /** Undefined when nothing stands there. */
  async readFile(path: string): Promise<TreeFile | undefined> {
    const full = join(this.#folder, path);
    const found = await stat(full, { bigint: true }).catch(() => undefined);
    if (!found?.isFile()) {
      this.#known.delete(path);
      return undefined;
    }
    const mark = `${found.ino}:${found.size}:${found.mtimeNs}:${found.ctimeNs}`;
    const known = this.#known.get(path);
    if (known?.mark === mark) return known.file;
    const file = { path, ...(await hashFile(full)) };
    this.#known.set(path, { mark, file });
    return file;
  }
}

export async function hashFile(path: string): Promise<{ sha256: string; bytes: number }> {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const chunk of createReadStream(path)) {
    const part = chunk as Buffer;
    hash.update(part);
    bytes += part.length;
  }
  return { sha256: hash.digest("hex"), bytes };
}
