/**
 * Takes signature files from a folder, single files or a tar archive, puts them beside those in force, has ClamAV's own
 * programs check the whole set in a container without network, and only then makes it the one in force.
 */
import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmod, copyFile, link, lstat, mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { AppError } from "../base/errors.ts";
import { databaseOf, isDatabaseName, isPacked } from "./database-file.ts";
import {
  type DatabaseFile,
  listDatabases,
  newSetName,
  type SignatureStore,
} from "./signature-store.ts";

export interface ImportArgs {
  readonly store: SignatureStore;
  /** Files, folders, or one tar archive. */
  readonly sources: readonly string[];
  /** Also versions older than those in force. */
  readonly allowOlder: boolean;
  /** Throws SIGNATURES_REFUSED when ClamAV does not take the set. */
  readonly check: (dir: string, names: readonly string[]) => Promise<void>;
}

export interface Imported {
  readonly databases: readonly DatabaseFile[];
  /** Names that came with this import. */
  readonly taken: readonly string[];
}

const refused = (detail: string): AppError => new AppError("SIGNATURES_REFUSED", { detail });

/** Regular files with a name of a database, nothing deeper and no links. */
async function filesIn(source: string): Promise<string[]> {
  const found = await lstat(source).catch(() => undefined);
  if (found === undefined) throw refused(`${source} does not exist`);
  if (found.isFile()) return [source];
  if (!found.isDirectory()) throw refused(`${source} is neither a file nor a folder`);
  const files: string[] = [];
  for (const name of await readdir(source)) {
    const path = join(source, name);
    if (isDatabaseName(name) && (await lstat(path)).isFile()) files.push(path);
  }
  return files;
}

async function unpackTar(path: string, into: string): Promise<void> {
  const options = ["--no-same-owner", "--no-same-permissions", "--transform=s,.*/,,"];
  await promisify(execFile)("tar", ["-xf", path, "-C", into, ...options], {
    timeout: 300_000,
  }).catch(() => {
    throw refused(`${path} is not a tar archive that can be read`);
  });
}

async function collect(sources: readonly string[], scratch: string): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const source of sources) {
    const tar = /\.(tar|tar\.gz|tgz|tar\.xz)$/.test(source);
    if (tar) await unpackTar(source, scratch);
    for (const path of await filesIn(tar ? scratch : source)) {
      if (!isDatabaseName(basename(path))) throw refused(`${path} has no name of a database`);
      files.set(basename(path), path);
    }
  }
  if (files.size === 0) throw refused("no signature files found");
  return files;
}

function checkVersions(before: readonly DatabaseFile[], now: readonly DatabaseFile[]): void {
  for (const { name, header } of now) {
    const former = before.find((each) => databaseOf(each.name) === databaseOf(name))?.header;
    if (header && former && header.version < former.version)
      throw refused(`${name} has version ${header.version}, older than ${former.version}`);
  }
}

/** What is in force stays unless the import brings the same database. */
async function stage(
  dir: string,
  files: ReadonlyMap<string, string>,
  current: string | undefined,
): Promise<void> {
  await mkdir(dir, { mode: 0o755 });
  await chmod(dir, 0o755);
  const replaced = new Set([...files.keys()].map(databaseOf));
  for (const [name, path] of files) {
    await copyFile(path, join(dir, name));
    await chmod(join(dir, name), 0o644);
  }
  if (current === undefined) return;
  for (const { name } of await listDatabases(current))
    if (!replaced.has(databaseOf(name))) await link(join(current, name), join(dir, name));
}

/** Throws SIGNATURES_REFUSED; what was in force then stays in force. */
export async function importSignatures(args: ImportArgs): Promise<Imported> {
  const { store, sources, allowOlder, check } = args;
  await using undo = new AsyncDisposableStack();
  await store.prepare();
  const scratch = await mkdtemp(join(tmpdir(), "hanare-signatures-"));
  undo.defer(() => rm(scratch, { recursive: true, force: true }));
  const files = await collect(sources, scratch);
  const current = await store.current();
  const name = newSetName(Date.now(), randomBytes(4).toString("hex"));
  const dir = join(store.dir, name);
  await using unfinished = new AsyncDisposableStack();
  unfinished.defer(() => rm(dir, { recursive: true, force: true }));
  await stage(dir, files, current);
  const databases = await listDatabases(dir);
  for (const each of databases)
    if (isPacked(each.name) && each.header === undefined) throw refused(`${each.name} is damaged`);
  if (!allowOlder && current !== undefined) checkVersions(await listDatabases(current), databases);
  await check(
    dir,
    databases.map((each) => each.name),
  );
  await store.swap(name);
  unfinished.move();
  return { databases, taken: [...files.keys()].sort() };
}
