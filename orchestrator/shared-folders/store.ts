/**
 * What was written to shared folders, and what is being written: rows only. A row is there before the first byte, so
 * that a death in between leaves nothing in a share that nobody knows of.
 */
import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import type { DownloadId, UserId } from "../base/ids.ts";
import { migrate } from "../store/database.ts";

export const sharedFolderSteps = [
  `CREATE TABLE shared_files (
     seq INTEGER PRIMARY KEY AUTOINCREMENT,
     state TEXT NOT NULL,
     folder TEXT NOT NULL, mount TEXT NOT NULL, parts TEXT NOT NULL, part TEXT NOT NULL,
     download_id TEXT NOT NULL, owner_id TEXT NOT NULL, owner_name TEXT NOT NULL,
     name TEXT NOT NULL, shown_as TEXT NOT NULL,
     size_bytes INTEGER NOT NULL, sha256 TEXT NOT NULL DEFAULT '',
     saved_ms INTEGER NOT NULL, until_ms INTEGER NOT NULL
   ) STRICT`,
  "CREATE INDEX shared_files_owner ON shared_files (owner_id, seq)",
  "CREATE INDEX shared_files_until ON shared_files (until_ms)",
];

const row = z
  .object({
    seq: z.int(),
    folder: z.string(),
    mount: z.string(),
    parts: z.string(),
    part: z.string(),
    download_id: z.string(),
    owner_id: z.string(),
    owner_name: z.string(),
    name: z.string(),
    shown_as: z.string(),
    size_bytes: z.int(),
    sha256: z.string(),
    until_ms: z.int(),
  })
  .transform((each) => ({
    seq: each.seq,
    folder: each.folder,
    mount: each.mount,
    parts: z.array(z.string()).parse(JSON.parse(each.parts)),
    part: each.part,
    downloadId: each.download_id as DownloadId,
    ownerId: each.owner_id as UserId,
    ownerName: each.owner_name,
    name: each.name,
    shownAs: each.shown_as,
    sizeBytes: each.size_bytes,
    sha256: each.sha256,
    untilMs: each.until_ms,
  }));
export type StoredShared = z.infer<typeof row>;
export type NewShared = Omit<StoredShared, "name" | "seq" | "sha256" | "shownAs" | "untilMs">;

export class SharedStore {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    migrate(database, "shared-folders", sharedFolderSteps);
    this.#database = database;
  }

  begin(file: NewShared, nowMs: number): number {
    const { lastInsertRowid } = this.#database
      .prepare(
        `INSERT INTO shared_files (state, folder, mount, parts, part, download_id, owner_id, owner_name, name,
           shown_as, size_bytes, saved_ms, until_ms) VALUES ('writing', ?, ?, ?, ?, ?, ?, ?, '', '', ?, ?, ?)`,
      )
      .run(
        ...[file.folder, file.mount, JSON.stringify(file.parts), file.part, file.downloadId],
        ...[file.ownerId, file.ownerName, file.sizeBytes, nowMs, nowMs],
      );
    return Number(lastInsertRowid);
  }

  saved(
    seq: number,
    {
      name,
      shownAs,
      sha256,
      untilMs,
    }: Pick<StoredShared, "name" | "sha256" | "shownAs" | "untilMs">,
  ): void {
    this.#database
      .prepare(
        "UPDATE shared_files SET state = 'saved', name = ?, shown_as = ?, sha256 = ?, until_ms = ? WHERE seq = ?",
      )
      .run(name, shownAs, sha256, untilMs, seq);
  }

  forget(seq: number): void {
    this.#database.prepare("DELETE FROM shared_files WHERE seq = ?").run(seq);
  }

  /** Saved ones, newest first. */
  of(ownerId: UserId): readonly StoredShared[] {
    return this.#rows("state = 'saved' AND owner_id = ? ORDER BY seq DESC LIMIT 1000", ownerId);
  }

  /** Bytes of this person in this folder, those under way among them. */
  heldBytes(ownerId: UserId, folder: string): number {
    const found = this.#database
      .prepare("SELECT sum(size_bytes) AS sum FROM shared_files WHERE owner_id = ? AND folder = ?")
      .get(ownerId, folder);
    return Number(found?.["sum"] ?? 0);
  }

  /** Of a folder, the oldest first. */
  over(folder: string, nowMs: number): readonly StoredShared[] {
    return this.#rows(
      "state = 'saved' AND folder = ? AND until_ms <= ? ORDER BY seq LIMIT 1000",
      folder,
      nowMs,
    );
  }

  /** Those that a process which is gone was writing. */
  unfinished(): readonly StoredShared[] {
    return this.#rows("state = 'writing' ORDER BY seq");
  }

  #rows(where: string, ...values: (number | string)[]): readonly StoredShared[] {
    return this.#database
      .prepare(`SELECT * FROM shared_files WHERE ${where}`)
      .all(...values)
      .map((each) => row.parse(each));
  }
}
