/**
 * Files that outlive their session and this process, because somebody decides about them: the sealed bytes in a folder,
 * each key wrapped in the database. A row is the file: without one the bytes are noise, and go at the next start.
 * Removing the row is the deletion (secure_delete overwrites it, the checkpoint empties the log that had it). Every
 * change of rows is made inside the caller's transaction, together with what it is about.
 */
import { createCipheriv, createDecipheriv, randomBytes } from "node:crypto";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { open, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { Readable } from "node:stream";
import { z } from "zod";
import { createOnce } from "../../base/create-once.ts";
import { AppError } from "../../base/errors.ts";
import { chunkBytes } from "../../base/sealed-chunks.ts";
import { migrate } from "../../store/database.ts";
import type { Quarantine, StoredFile } from "./quarantine.ts";
import { readSealed } from "./sealed-file.ts";

export const keptFileSteps = [
  `CREATE TABLE kept_files (
     id TEXT PRIMARY KEY,
     owner_id TEXT NOT NULL,
     size_bytes INTEGER NOT NULL, sha256 TEXT NOT NULL,
     wrapped_key BLOB NOT NULL,
     until_ms INTEGER NOT NULL
   ) STRICT`,
];
const row = z.object({
  id: z.string().regex(/^[0-9a-f]{32}$/),
  owner_id: z.string(),
  size_bytes: z.int(),
  sha256: z.string(),
  wrapped_key: z.instanceof(Uint8Array),
  until_ms: z.int(),
});

export interface KeptLimits {
  /** Of all kept files, and of one person's. */
  readonly keptMaxBytes: number;
  readonly personKeptMaxBytes: number;
}

/** Bytes that lie in the folder already and have no row yet. */
export interface Prepared {
  readonly file: StoredFile;
  readonly key: Buffer;
}

export class KeptFiles {
  readonly #dir: string;
  readonly #database: DatabaseSync;
  readonly #master: Buffer;

  private constructor(dir: string, database: DatabaseSync, master: Buffer) {
    this.#dir = dir;
    this.#database = database;
    this.#master = master;
  }

  /** What a death left without a row is removed. `keysDir` gets the key that wraps the others. */
  static async open(dir: string, keysDir: string, database: DatabaseSync): Promise<KeptFiles> {
    migrate(database, "kept-files", keptFileSteps);
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    const kept = new KeptFiles(dir, database, loadMaster(keysDir));
    const known = new Set(kept.#all().map(({ id }) => id));
    for (const name of await readdir(dir))
      if (!known.has(name)) await rm(join(dir, name), { force: true });
    return kept;
  }

  /** Throws KEEP_FULL when the person or the disk has had its share. */
  assertRoom(ownerId: string, sizeBytes: number, limits: KeptLimits): void {
    const sum = (files: readonly { readonly size_bytes: number }[]) =>
      files.reduce((bytes, each) => bytes + each.size_bytes, sizeBytes);
    const all = this.#all();
    const person = sum(all.filter((each) => each.owner_id === ownerId));
    if (person > limits.personKeptMaxBytes) throw new AppError("KEEP_FULL", { of: "person" });
    if (sum(all) > limits.keptMaxBytes) throw new AppError("KEEP_FULL", { of: "all" });
  }

  /** The bytes under their own name here, safely on disk; `abandon` or `add` must follow. */
  async prepare(file: StoredFile, quarantine: Quarantine): Promise<Prepared> {
    const key = await quarantine.handOver(file, this.#pathOf(file.id));
    for (const path of [this.#pathOf(file.id), this.#dir]) {
      await using handle = await open(path, "r");
      await handle.sync();
    }
    return { file, key };
  }

  async abandon({ file, key }: Prepared): Promise<void> {
    key.fill(0);
    await rm(this.#pathOf(file.id), { force: true });
  }

  /** In the caller's transaction: from its commit on, the file is kept. */
  add({ file, key }: Prepared, ownerId: string, untilMs: number): void {
    this.#database
      .prepare("INSERT INTO kept_files VALUES (?, ?, ?, ?, ?, ?)")
      .run(file.id, ownerId, file.sizeBytes, file.sha256, this.#wrap(file.id, key), untilMs);
  }

  holds(id: string): boolean {
    return this.#database.prepare("SELECT 1 FROM kept_files WHERE id = ?").get(id) !== undefined;
  }

  /** In the caller's transaction. */
  setUntil(id: string, untilMs: number): void {
    this.#database.prepare("UPDATE kept_files SET until_ms = ? WHERE id = ?").run(untilMs, id);
  }

  /** In the caller's transaction; `sweep` takes the bytes away afterwards. */
  forget(id: string): void {
    this.#database.prepare("DELETE FROM kept_files WHERE id = ?").run(id);
  }

  /** Ids whose time is over. */
  over(nowMs: number): readonly string[] {
    return this.#all()
      .filter((each) => each.until_ms <= nowMs)
      .map(({ id }) => id);
  }

  /** Throws FILE_NOT_KEPT. */
  assertKept(id: string): void {
    if (!this.holds(id) || !existsSync(this.#pathOf(id))) throw new AppError("FILE_NOT_KEPT");
  }

  /** Plain bytes, each piece checked. Throws FILE_NOT_KEPT. */
  read(id: string): {
    readonly bytes: Readable;
    readonly sizeBytes: number;
    readonly sha256: string;
  } {
    this.assertKept(id);
    const found = this.#database.prepare("SELECT * FROM kept_files WHERE id = ?").get(id);
    const { size_bytes: sizeBytes, sha256, wrapped_key: wrapped } = row.parse(found);
    const key = this.#unwrap(id, wrapped);
    const bytes = Readable.from(readSealed(this.#pathOf(id), { id, key }), {
      objectMode: false,
      highWaterMark: chunkBytes,
    });
    bytes.once("close", () => key.fill(0));
    return { bytes, sizeBytes, sha256 };
  }

  /** After a commit that forgot files: takes their bytes away, and the old pages of the log that had their keys. */
  async sweep(ids: readonly string[]): Promise<void> {
    for (const id of ids) await rm(this.#pathOf(id), { force: true });
    if (ids.length > 0) this.#database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  }

  #all() {
    const found = this.#database.prepare("SELECT * FROM kept_files").all();
    return found.map((each) => row.parse(each));
  }

  #pathOf(id: string): string {
    return join(this.#dir, id);
  }

  #wrap(id: string, key: Buffer): Buffer {
    const nonce = randomBytes(12);
    const cipher = createCipheriv("aes-256-gcm", this.#master, nonce).setAAD(Buffer.from(id));
    const sealed = Buffer.concat([cipher.update(key), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
  }

  #unwrap(id: string, wrapped: Uint8Array): Buffer {
    const bytes = Buffer.from(wrapped);
    const decipher = createDecipheriv("aes-256-gcm", this.#master, bytes.subarray(0, 12))
      .setAAD(Buffer.from(id))
      .setAuthTag(bytes.subarray(12, 28));
    return Buffer.concat([decipher.update(bytes.subarray(28)), decipher.final()]);
  }
}

function loadMaster(keysDir: string): Buffer {
  const path = join(keysDir, "kept-files.key");
  mkdirSync(keysDir, { recursive: true, mode: 0o700 });
  // Whole or not there: a death within the very first start must not keep all later ones from starting.
  createOnce(path, () => randomBytes(32));
  const key = readFileSync(path);
  if (key.length !== 32)
    throw new AppError("INTERNAL", { what: "kept-files.key", bytes: key.length });
  return key;
}
