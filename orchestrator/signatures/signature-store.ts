/**
 * Signature files in the data directory: each import is a folder of its own, and a link names the one in force. The
 * link changes in one step, so that a scanner that starts at any moment finds a whole set.
 */
import { type FSWatcher, watch } from "node:fs";
import { chmod, mkdir, open, readdir, readlink, rename, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import {
  type DatabaseHeader,
  headerBytes,
  isDatabaseName,
  isPacked,
  parseDatabaseHeader,
} from "./database-file.ts";

const currentLink = "current";
const generation = /^set-\d{13}-[0-9a-f]{8}$/;
/** The one in force and the one before it, which a scanner may still read. */
const keptGenerations = 2;

export interface DatabaseFile {
  readonly name: string;
  /** Absent for plain files: they do not say when they were made. */
  readonly header: DatabaseHeader | undefined;
}

export async function listDatabases(dir: string): Promise<DatabaseFile[]> {
  const names = (await readdir(dir)).filter(isDatabaseName).sort();
  return Promise.all(names.map(async (name) => ({ name, header: await headerOf(dir, name) })));
}

async function headerOf(dir: string, name: string): Promise<DatabaseHeader | undefined> {
  if (!isPacked(name)) return undefined;
  await using file = await open(join(dir, name));
  const head = Buffer.alloc(headerBytes);
  const { bytesRead } = await file.read(head, 0, headerBytes, 0);
  return parseDatabaseHeader(head.subarray(0, bytesRead));
}

export class SignatureStore {
  readonly dir: string;

  constructor(dir: string) {
    this.dir = dir;
  }

  async prepare(): Promise<void> {
    await mkdir(this.dir, { recursive: true });
    // The scanner reads them under a uid of its own; they are no secret.
    await chmod(this.dir, 0o755);
  }

  /** Folder of the set in force; undefined when none was imported. */
  async current(): Promise<string | undefined> {
    const name = await readlink(join(this.dir, currentLink)).catch(() => "");
    return generation.test(name) ? join(this.dir, name) : undefined;
  }

  /** From now on this folder is the set in force. */
  async swap(name: string): Promise<void> {
    if (!generation.test(name)) throw new Error(`not a set: ${name}`);
    const beside = join(this.dir, `${currentLink}.new`);
    await rm(beside, { force: true });
    await symlink(name, beside);
    await rename(beside, join(this.dir, currentLink));
    const sets = (await readdir(this.dir)).filter((each) => generation.test(each)).sort();
    const old = sets.filter((each) => each < name).reverse();
    for (const each of old.slice(keptGenerations - 1))
      await rm(join(this.dir, each), { recursive: true, force: true });
  }

  /** Takes the set in force back: the one before it, or none. Returns the folder of what is in force now. */
  async withdraw(): Promise<string | undefined> {
    const bad = await this.current();
    const names = (await readdir(this.dir)).filter((each) => generation.test(each)).sort();
    const before = names.findLast((each) => bad !== undefined && join(this.dir, each) < bad);
    if (before === undefined) await rm(join(this.dir, currentLink), { force: true });
    else await this.swap(before);
    if (bad !== undefined) await rm(bad, { recursive: true, force: true });
    return await this.current();
  }

  /** Calls the listener when another set is in force. Ends with the returned function. */
  onChange(listener: () => void): () => void {
    const watcher: FSWatcher = watch(this.dir, (_event, name) => {
      if (name === currentLink) listener();
    });
    // A folder that cannot be watched any more: the next start of the scanner reads the link anyway.
    watcher.on("error", () => watcher.close());
    return () => watcher.close();
  }
}

/** A name that sorts by time. */
export const newSetName = (nowMs: number, random: string): string =>
  `set-${String(nowMs).padStart(13, "0")}-${random}`;
