/**
 * Keeps contents by their SHA-256, each once: what versions of a policy are made of. An object is either
 * wholly there or not at all; it is never changed. The same list in a hundred versions costs its size once.
 */
import { createHash, randomBytes } from "node:crypto";
import { constants } from "node:fs";
import {
  copyFile,
  link,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
} from "node:fs/promises";
import { dirname, join } from "node:path";
import { AppError } from "../base/errors.ts";
import { hashFile, makeTree, type Tree, type TreeFile } from "./tree.ts";

/** Begins the names of folders that are looked at and thrown away; a crash may leave them behind. */
export const lookPrefix = "look-";

export class ObjectStore {
  readonly #root: string;

  constructor(root: string) {
    this.#root = root;
  }

  pathOf(sha256: string): string {
    return join(this.#root, sha256.slice(0, 2), sha256);
  }

  async has(sha256: string): Promise<boolean> {
    return (await stat(this.pathOf(sha256)).catch(() => undefined)) !== undefined;
  }

  async put(path: string, content: string | Buffer): Promise<TreeFile> {
    const bytes = Buffer.from(content);
    const sha256 = createHash("sha256").update(bytes).digest("hex");
    await this.#keep(sha256, async (temporary) => {
      await using handle = await open(temporary, "wx", 0o600);
      await handle.writeFile(bytes);
      await handle.sync();
    });
    return { path, sha256, bytes: bytes.length };
  }

  /** Takes a copy; the hash is of what was copied, whatever happens to the file meanwhile. */
  async putFile(path: string, from: string): Promise<TreeFile> {
    await mkdir(this.#root, { recursive: true, mode: 0o700 });
    const temporary = this.#temporary();
    try {
      await copyFile(from, temporary, constants.COPYFILE_FICLONE);
      const found = await hashFile(temporary);
      await this.#keep(found.sha256, async (name) => {
        await rename(temporary, name);
        await using handle = await open(name, "r+");
        await handle.chmod(0o600);
        await handle.sync();
      });
      return { path, ...found };
    } finally {
      await rm(temporary, { force: true });
    }
  }

  /** Throws INTERNAL when the content is not what its name says. */
  async text(file: TreeFile): Promise<string> {
    const bytes = await readFile(this.pathOf(file.sha256));
    if (createHash("sha256").update(bytes).digest("hex") !== file.sha256)
      throw new AppError("INTERNAL", { reason: "kept policy file is damaged", file: file.path });
    return bytes.toString("utf8");
  }

  /** Keeps the files of a folder as they were read; those whose content is kept already are not copied again. */
  async putTree(folder: string, { files }: Tree): Promise<Tree> {
    const kept: TreeFile[] = [];
    for (const file of files) {
      const { path, sha256 } = file;
      kept.push((await this.has(sha256)) ? file : await this.putFile(path, join(folder, path)));
    }
    return makeTree(kept);
  }

  /** Calls `work` with the tree's files laid out in a folder of their own in `parent`, which then goes. */
  async withLaidOut<T>(
    tree: Tree,
    parent: string,
    work: (folder: string) => Promise<T>,
  ): Promise<T> {
    const folder = await mkdtemp(join(parent, lookPrefix));
    try {
      await this.#layOut(tree, folder);
      return await work(folder);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  async remove(sha256: string): Promise<void> {
    await rm(this.pathOf(sha256), { force: true });
  }

  /** Removes what no version needs, and what a crash left half-written. */
  async sweep(needed: ReadonlySet<string>): Promise<number> {
    let removed = 0;
    for (const name of await readdir(this.#root, { recursive: true }).catch(() => [])) {
      const id = name.split("/").at(-1) ?? "";
      if (!name.startsWith("new-") && (!/^[0-9a-f]{64}$/.test(id) || needed.has(id))) continue;
      await rm(join(this.#root, name), { force: true });
      removed += 1;
    }
    return removed;
  }

  async #layOut(tree: Tree, folder: string): Promise<void> {
    for (const { path, sha256 } of tree.files) {
      const to = join(folder, path);
      await mkdir(dirname(to), { recursive: true, mode: 0o700 });
      await link(this.pathOf(sha256), to);
    }
  }

  #temporary(): string {
    return join(this.#root, `new-${randomBytes(9).toString("hex")}`);
  }

  async #keep(sha256: string, write: (temporary: string) => Promise<void>): Promise<void> {
    const final = this.pathOf(sha256);
    await mkdir(dirname(final), { recursive: true, mode: 0o700 });
    const temporary = this.#temporary();
    try {
      await write(temporary);
      await rename(temporary, final);
    } finally {
      await rm(temporary, { force: true });
    }
    await syncFolder(dirname(final));
  }
}

/** After this a rename or link in the folder survives a power cut. */
export async function syncFolder(folder: string): Promise<void> {
  await using handle = await open(folder, constants.O_RDONLY | constants.O_DIRECTORY);
  await handle.sync();
}
