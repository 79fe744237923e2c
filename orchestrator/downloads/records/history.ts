/**
 * Every file that was judged, with its 無害化証跡: what people look up long after the session and its bytes are gone.
 * Never holds content. Rows only; changed inside the transaction that records the verdict.
 */
import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import { z } from "zod";
import type { DownloadId, UserId } from "../../base/ids.ts";
import { migrate } from "../../store/database.ts";
import type { Download } from "../desk/download.ts";
import type { Manifest } from "./manifest.ts";
import type { DownloadView, FileRecord, FileSearch } from "../types.ts";
import { type Verdict, verdicts } from "../types.ts";

export const fileHistorySteps = [
  `CREATE TABLE file_records (
     seq INTEGER PRIMARY KEY AUTOINCREMENT,
     id TEXT NOT NULL UNIQUE,
     owner_id TEXT NOT NULL, owner_name TEXT NOT NULL,
     session_id TEXT NOT NULL,
     name TEXT NOT NULL, source TEXT NOT NULL, sha256 TEXT,
     size_bytes INTEGER NOT NULL,
     verdict TEXT NOT NULL, reason TEXT NOT NULL, content_type TEXT,
     message_ja TEXT NOT NULL, message_en TEXT NOT NULL,
     received_at TEXT NOT NULL, judged_ms INTEGER NOT NULL,
     manifest TEXT
   ) STRICT`,
  "CREATE INDEX file_records_owner ON file_records (owner_id, seq)",
  "CREATE INDEX file_records_judged ON file_records (judged_ms)",
  "ALTER TABLE file_records ADD COLUMN direction TEXT NOT NULL DEFAULT 'download'",
];
const row = z
  .object({
    seq: z.int(),
    id: z.string(),
    owner_id: z.string(),
    owner_name: z.string(),
    name: z.string(),
    source: z.string(),
    sha256: z.string().nullable(),
    size_bytes: z.int(),
    verdict: z.enum(verdicts),
    reason: z.string(),
    content_type: z.string().nullable(),
    message_ja: z.string(),
    message_en: z.string(),
    received_at: z.string(),
    has_manifest: z.int(),
    direction: z.enum(["download", "upload"]),
  })
  .transform(
    (each): FileRecord => ({
      seq: each.seq,
      id: each.id as DownloadId,
      ownerId: each.owner_id as UserId,
      ownerName: each.owner_name,
      name: each.name,
      source: each.source,
      sha256: each.sha256,
      sizeBytes: each.size_bytes,
      verdict: each.verdict,
      reason: each.reason,
      contentType: each.content_type,
      messageJa: each.message_ja,
      messageEn: each.message_en,
      receivedAt: each.received_at,
      hasManifest: each.has_manifest === 1,
      direction: each.direction,
    }),
  );
const verdictCount = z.object({ verdict: z.enum(verdicts), files: z.int() });
const columns = `seq, id, owner_id, owner_name, name, source, sha256, size_bytes, verdict, reason, content_type,
  message_ja, message_en, received_at, direction, manifest IS NOT NULL AS has_manifest`;

export class FileHistory {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    migrate(database, "file-history", fileHistorySteps);
    this.#database = database;
  }

  /** A file that is judged again keeps its place. */
  put(download: Download, view: DownloadView, manifest: Manifest | undefined, nowMs: number): void {
    const { args, original } = download;
    this.#database
      .prepare(
        `INSERT INTO file_records (id, owner_id, owner_name, session_id, name, source, sha256, size_bytes, verdict,
           reason, content_type, message_ja, message_en, received_at, judged_ms, manifest, direction)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (id) DO UPDATE SET name = excluded.name, sha256 = excluded.sha256, verdict = excluded.verdict,
           reason = excluded.reason, content_type = excluded.content_type, message_ja = excluded.message_ja,
           message_en = excluded.message_en, judged_ms = excluded.judged_ms, manifest = excluded.manifest`,
      )
      .run(
        download.id,
        args.ownerId,
        args.ownerName,
        args.sessionId,
        view.name,
        manifest?.source ?? "",
        original?.sha256 ?? null,
        args.sizeBytes,
        view.verdict ?? "failed",
        view.reason ?? "internal-error",
        view.contentType ?? null,
        view.messageJa,
        view.messageEn,
        view.receivedAt,
        Math.round(nowMs),
        manifest === undefined ? null : JSON.stringify(manifest),
        args.direction ?? "download",
      );
  }

  /** Newest first. */
  search({ ownerId, q, before, limit }: FileSearch): readonly FileRecord[] {
    const where: string[] = [];
    const values: SQLInputValue[] = [];
    const add = (text: string, ...more: SQLInputValue[]): void => {
      where.push(text);
      values.push(...more);
    };
    if (ownerId !== undefined) add("owner_id = ?", ownerId);
    if (before !== undefined) add("seq < ?", before);
    for (const word of (q ?? "").split(/\s+/).filter((each) => each !== "")) {
      const like = `%${word.replaceAll(/[\\%_]/g, "\\$&")}%`;
      const fields = ["name", "source", "owner_name", "verdict", "reason", "sha256", "manifest"];
      add(
        `(${fields.map((field) => `${field} LIKE ? ESCAPE '\\'`).join(" OR ")})`,
        ...fields.map(() => like),
      );
    }
    const condition = where.length === 0 ? "" : `WHERE ${where.join(" AND ")}`;
    return this.#database
      .prepare(`SELECT ${columns} FROM file_records ${condition} ORDER BY seq DESC LIMIT ?`)
      .all(...values, limit)
      .map((each) => row.parse(each));
  }

  /** How many verdicts of each kind fell in this time; the first moment belongs to it, the last does not. */
  judgedBetween(fromMs: number, toMs: number): Readonly<Partial<Record<Verdict, number>>> {
    const rows = this.#database
      .prepare(
        "SELECT verdict, count(*) AS files FROM file_records WHERE judged_ms >= ? AND judged_ms < ? GROUP BY verdict",
      )
      .all(Math.round(fromMs), Math.round(toMs));
    return Object.fromEntries(
      rows.map((each) => {
        const { verdict, files } = verdictCount.parse(each);
        return [verdict, files];
      }),
    );
  }

  find(id: DownloadId): FileRecord | undefined {
    const found = this.#database
      .prepare(`SELECT ${columns} FROM file_records WHERE id = ?`)
      .get(id);
    return found === undefined ? undefined : row.parse(found);
  }

  /** The document as it was made. */
  manifest(id: DownloadId): string | undefined {
    const found = this.#database.prepare("SELECT manifest FROM file_records WHERE id = ?").get(id);
    const text = found?.["manifest"];
    return typeof text === "string" ? text : undefined;
  }

  forget(beforeMs: number): void {
    this.#database.prepare("DELETE FROM file_records WHERE judged_ms < ?").run(beforeMs);
  }
}
