/**
 * Collects in a folder of its own what belongs into a backup, as it is at one moment, while the installation runs.
 * For that moment the database is held: nobody writes, so no row can come or go whose bytes lie in a file. Meanwhile
 * every file only gets a second name, which takes milliseconds; what may be written to in place is copied after it.
 */
import { createHash } from "node:crypto";
import {
  copyFileSync,
  createReadStream,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readlinkSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { chmod, copyFile, lstat, mkdir, readdir, readlink, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { backup, DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { isProcessAlive, processToken } from "../base/process-token.ts";
import { copiedNames, databaseName, linkedNames } from "./contents.ts";
import type { Entry } from "./manifest.ts";

const prefix = "backup-";
/** Deeper folders are no policy and no key, but a mistake. */
const deepest = 24;
const pagesAtOnce = 2_000;

export interface Gathered extends AsyncDisposable {
  readonly folder: string;
  readonly entries: readonly Entry[];
  readonly schema: Readonly<Record<string, number>>;
  readonly auditUpTo: number;
}

export interface GatherOptions {
  readonly dataDir: string;
  /** Called with how much of the database is copied, from 0 to 1. */
  readonly onDatabase?: (part: number) => void;
}

/** Disposing removes the folder. */
export async function gather(
  { dataDir, onDatabase }: GatherOptions,
  signal: AbortSignal,
): Promise<Gathered> {
  await removeLeftovers(dataDir);
  await using undo = new AsyncDisposableStack();
  const folder = join(dataDir, `${prefix}${processToken()}`);
  undo.defer(() => rm(folder, { recursive: true, force: true }));
  await mkdir(folder, { mode: 0o700 });
  using database = new DatabaseSync(join(dataDir, databaseName), { readOnly: true });
  hold(join(dataDir, databaseName), () => {
    // From its first read on, this connection sees the database of this moment.
    database.exec("BEGIN");
    database.prepare("SELECT count(*) FROM schema_steps").get();
    for (const name of [...copiedNames, ...linkedNames])
      linkTree(join(dataDir, name), join(folder, name));
  });
  for (const name of copiedNames) await separate(join(folder, name));
  const to = join(folder, databaseName);
  await backup(database, to, {
    rate: pagesAtOnce,
    progress: ({ totalPages, remainingPages }) => {
      signal.throwIfAborted();
      onDatabase?.(1 - remainingPages / Math.max(totalPages, 1));
    },
  });
  await chmod(to, 0o600);
  const facts = factsOf(database);
  const entries: Entry[] = [];
  await describe(folder, "", entries, signal);
  const made = undo.move();
  return { folder, entries, ...facts, [Symbol.asyncDispose]: () => made.disposeAsync() };
}

/** What runs that ended without warning have left. */
async function removeLeftovers(dataDir: string): Promise<void> {
  for (const name of await readdir(dataDir))
    if (name.startsWith(prefix) && !isProcessAlive(name.slice(prefix.length)))
      await rm(join(dataDir, name), { recursive: true, force: true });
}

/** Runs `work` while nobody can write to the database. */
function hold(path: string, work: () => void): void {
  using holder = new DatabaseSync(path);
  holder.exec("PRAGMA busy_timeout = 30000");
  holder.exec("BEGIN IMMEDIATE");
  try {
    work();
  } finally {
    holder.exec("ROLLBACK");
  }
}

/** Links to files and folders are followed, except those that name a neighbour: such a one is kept as it is. */
function linkTree(from: string, to: string, depth = 0): void {
  if (depth > deepest) throw new Error(`${from}: folders too deep`);
  const found = lstatSync(from, { throwIfNoEntry: false });
  if (found?.isSymbolicLink() === true) {
    const target = readlinkSync(from);
    if (depth > 0 && /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(target)) symlinkSync(target, to);
    else followLink(from, to, depth);
  } else if (found?.isDirectory() === true) linkFolder(from, to, depth);
  else if (found?.isFile() === true) linkFile(from, to);
}

function followLink(from: string, to: string, depth: number): void {
  const found = statSync(from, { throwIfNoEntry: false });
  if (found?.isDirectory() === true) linkFolder(from, to, depth);
  else if (found?.isFile() === true) copyFileSync(from, to);
}

function linkFolder(from: string, to: string, depth: number): void {
  mkdirSync(to, { mode: statSync(from).mode & 0o777 });
  for (const name of readdirSync(from)) linkTree(join(from, name), join(to, name), depth + 1);
}

function linkFile(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    // A temporary file that its writer took away.
    if (code === "ENOENT") return;
    // Another disk, or one that knows no second names.
    if (code !== "EXDEV" && code !== "EPERM" && code !== "EMLINK") throw error;
    copyFileSync(from, to);
  }
}

/** Copies of their own in the place of second names. */
async function separate(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (found?.isDirectory() === true)
    for (const name of await readdir(path)) await separate(join(path, name));
  if (found?.isFile() !== true || found.nlink === 1) return;
  await copyFile(path, `${path}.copy`);
  await rename(`${path}.copy`, path);
}

async function describe(
  folder: string,
  below: string,
  into: Entry[],
  signal: AbortSignal,
): Promise<void> {
  for (const name of (await readdir(join(folder, below))).sort()) {
    signal.throwIfAborted();
    const path = below === "" ? name : `${below}/${name}`;
    const full = join(folder, path);
    const found = await lstat(full);
    const mode = found.mode & 0o777;
    if (found.isSymbolicLink()) into.push({ kind: "link", path, target: await readlink(full) });
    else if (found.isDirectory()) {
      into.push({ kind: "directory", path, mode });
      await describe(folder, path, into, signal);
    } else into.push({ kind: "file", path, mode, ...(await hashOf(full)) });
  }
}

async function hashOf(path: string): Promise<{ bytes: number; sha256: string }> {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    hash.update(chunk as Buffer);
    bytes += (chunk as Buffer).length;
  }
  return { bytes, sha256: hash.digest("hex") };
}

const stepRow = z.object({ feature: z.string(), applied: z.int() });
const newestRow = z.object({ seq: z.int().nullable() });

/** Steps each feature has seen, and the newest audit record. */
export function factsOf(database: DatabaseSync): Pick<Gathered, "schema" | "auditUpTo"> {
  const steps = database.prepare("SELECT feature, applied FROM schema_steps").all();
  const has = database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'audit_records'").get();
  const newest = has && database.prepare("SELECT max(seq) AS seq FROM audit_records").get();
  return {
    schema: Object.fromEntries(
      steps.map((each) => stepRow.parse(each)).map(({ feature, applied }) => [feature, applied]),
    ),
    auditUpTo: newest === undefined ? 0 : (newestRow.parse(newest).seq ?? 0),
  };
}
