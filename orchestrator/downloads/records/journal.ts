/**
 * Which downloads somebody still waits for: begun and not judged, judged and waiting for a password or an
 * approval, or released and not fetched. What this
 * process knows of them, their keys included, dies with it; the journal is how the next one can say so. Each
 * entry changes together with its audit record.
 */
import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import type { DownloadId, SessionId, UserId } from "../../base/ids.ts";
import { inTransaction, migrate } from "../../store/database.ts";
import type { Download } from "../desk/download.ts";
import type { ReceiveArgs } from "../types.ts";

export const downloadSteps = [
  `CREATE TABLE downloads_awaited (
     id TEXT PRIMARY KEY,
     session_id TEXT NOT NULL,
     owner_id TEXT NOT NULL, owner_name TEXT NOT NULL, terminal TEXT,
     name TEXT NOT NULL, url TEXT NOT NULL, size_bytes INTEGER NOT NULL,
     reported INTEGER NOT NULL DEFAULT 0
   ) STRICT`,
  "ALTER TABLE downloads_awaited ADD COLUMN purpose TEXT",
];

const row = z.object({
  id: z.string(),
  session_id: z.string(),
  owner_id: z.string(),
  owner_name: z.string(),
  terminal: z.string().nullable(),
  name: z.string(),
  url: z.string(),
  size_bytes: z.int(),
  reported: z.int(),
  purpose: z.enum(["api", "print"]).nullable(),
});

export interface Interrupted {
  readonly id: DownloadId;
  readonly args: ReceiveArgs;
  /** Its audit record says already how it ended. */
  readonly reported: boolean;
}

export class Journal {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
    migrate(database, "downloads", downloadSteps);
  }

  /** `record` writes to the audit log; a throw there leaves no entry. */
  begin({ id, args }: Download, record: () => void): void {
    inTransaction(this.#database, () => {
      record();
      this.#database
        .prepare(
          `INSERT INTO downloads_awaited (id, session_id, owner_id, owner_name, terminal, name, url, size_bytes, purpose)
           VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        )
        .run(
          id,
          args.sessionId,
          args.ownerId,
          args.ownerName,
          args.terminal ?? null,
          args.untrustedName,
          args.untrustedUrl,
          args.sizeBytes,
          args.purpose ?? null,
        );
    });
  }

  /** The verdict fell; the entry stays while there is something to fetch or to decide. */
  judged(id: DownloadId, awaited: boolean, record: () => void): void {
    inTransaction(this.#database, () => {
      record();
      if (!awaited) this.#settle(id);
    });
  }

  /** `release` hands it out and records that; a throw there leaves the entry. */
  released<T>(id: DownloadId, release: () => T): T {
    return inTransaction(this.#database, () => {
      const released = release();
      this.#settle(id);
      return released;
    });
  }

  /** Somebody else answers for it from here on. */
  settled(id: DownloadId): void {
    this.#settle(id);
  }

  #settle(id: DownloadId): void {
    this.#database.prepare("DELETE FROM downloads_awaited WHERE id = ?").run(id);
  }

  forget(sessionId: SessionId): void {
    this.#database.prepare("DELETE FROM downloads_awaited WHERE session_id = ?").run(sessionId);
  }

  /** The person will be told; told twice after two deaths, but recorded once. */
  reported(id: DownloadId, record: () => void): void {
    inTransaction(this.#database, () => {
      record();
      this.#database.prepare("UPDATE downloads_awaited SET reported = 1 WHERE id = ?").run(id);
    });
  }

  /** At start: all that a process left which is gone. */
  interrupted(): readonly Interrupted[] {
    return this.#database.prepare("SELECT * FROM downloads_awaited").all().map(toInterrupted);
  }
}

function toInterrupted(raw: unknown): Interrupted {
  const each = row.parse(raw);
  return {
    id: each.id as DownloadId,
    reported: each.reported === 1,
    args: {
      sessionId: each.session_id as SessionId,
      ownerId: each.owner_id as UserId,
      ownerName: each.owner_name,
      ...(each.terminal === null ? {} : { terminal: each.terminal }),
      untrustedName: each.name,
      untrustedUrl: each.url,
      sizeBytes: each.size_bytes,
      ...(each.purpose === null ? {} : { purpose: each.purpose }),
    },
  };
}
