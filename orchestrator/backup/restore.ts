/**
 * Restores a backup file into a data directory in which nothing runs. Everything is unpacked beside and checked there;
 * only then does anything change, and then all of it (put-in-place).
 */
import { mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { AppError } from "../base/errors.ts";
import { databaseName } from "./contents.ts";
import { factsOf } from "./gather.ts";
import type { Manifest } from "./manifest.ts";
import { putInPlace } from "./put-in-place.ts";
import { readArchive, type UnpackOptions } from "./read-archive.ts";

const prefix = "restore-unpacked-";

export interface RestoreOptions extends UnpackOptions {
  readonly dataDir: string;
  readonly from: string;
  /** Steps of each feature that this program has. */
  readonly known: Readonly<Record<string, number>>;
  readonly now: () => number;
  /** What the features say about their part of the unpacked copy. Throws BACKUP_REFUSED. */
  readonly check: (folder: string) => Promise<void>;
  /** The last question; false leaves everything as it is. */
  readonly confirm: (manifest: Manifest) => Promise<boolean>;
  /** What must be true of a restored copy before it is put in place. */
  readonly settle: (folder: string, manifest: Manifest) => void;
}

export type Restored =
  | { readonly outcome: "left-alone"; readonly manifest: Manifest }
  /** `replaced`: the folder with what was there before. */
  | {
      readonly outcome: "restored";
      readonly manifest: Manifest;
      readonly replaced: string | undefined;
    };

/** Throws BACKUP_DAMAGED, BACKUP_PASSPHRASE, BACKUP_NEWER, BACKUP_REFUSED, BACKUP_NO_ROOM; then nothing has changed. */
export async function restoreBackup(
  options: RestoreOptions,
  signal: AbortSignal,
): Promise<Restored> {
  const { dataDir, from, known, now, check, confirm, settle } = options;
  await mkdir(dataDir, { recursive: true });
  for (const name of await readdir(dataDir))
    if (name.startsWith(prefix)) await rm(join(dataDir, name), { recursive: true, force: true });
  await using undo = new AsyncDisposableStack();
  const folder = await mkdtemp(join(dataDir, prefix));
  undo.defer(() => rm(folder, { recursive: true, force: true }));
  const manifest = await readArchive(from, folder, options, signal);
  assertKnown(manifest.schema, known);
  assertSound(join(folder, databaseName), manifest);
  await check(folder);
  if (!(await confirm(manifest))) return { outcome: "left-alone", manifest };
  settle(folder, manifest);
  signal.throwIfAborted();
  const replaced = await putInPlace(dataDir, folder, now());
  return { outcome: "restored", manifest, replaced };
}

function assertKnown(
  found: Readonly<Record<string, number>>,
  known: Readonly<Record<string, number>>,
): void {
  for (const [feature, steps] of Object.entries(found))
    if (steps > (known[feature] ?? 0))
      throw new AppError("BACKUP_NEWER", { feature, found: steps, known: known[feature] ?? 0 });
}

/** Also that it is what the manifest calls it: the manifest alone was asked whether this program knows it. */
function assertSound(path: string, manifest: Manifest): void {
  const refuse = (detail: string, cause?: unknown) =>
    new AppError("BACKUP_REFUSED", { file: databaseName, detail }, cause);
  let facts: ReturnType<typeof factsOf>;
  try {
    using database = new DatabaseSync(path, { readOnly: true });
    const [first] = database.prepare("PRAGMA quick_check(1)").all();
    if (first?.["quick_check"] !== "ok") throw refuse("the database is damaged");
    facts = factsOf(database);
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw refuse("it does not open", error);
  }
  const said = JSON.stringify(Object.entries(manifest.schema).sort());
  if (JSON.stringify(Object.entries(facts.schema).sort()) !== said)
    throw refuse("its tables are not those that the manifest names");
}
