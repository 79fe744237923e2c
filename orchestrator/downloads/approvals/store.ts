/**
 * Requests for approval in the database. Which change of state is legal is decided by the statement that makes it:
 * only an open one is decided, withdrawn or expires. Changes are made inside the caller's transaction.
 */
import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import { z } from "zod";
import { AppError } from "../../base/errors.ts";
import { type ApprovalId, type DownloadId, newApprovalId, type UserId } from "../../base/ids.ts";
import { migrate } from "../../store/database.ts";
import { type Approval, type ApprovalState, approvalStates } from "./types.ts";

export const approvalSteps = [
  `CREATE TABLE file_approvals (
     seq INTEGER PRIMARY KEY AUTOINCREMENT,
     id TEXT NOT NULL UNIQUE,
     state TEXT NOT NULL,
     download_id TEXT NOT NULL UNIQUE,
     requester_id TEXT NOT NULL, requester_name TEXT NOT NULL, groups TEXT NOT NULL,
     terminal TEXT NOT NULL, session_id TEXT NOT NULL,
     name TEXT NOT NULL, media_type TEXT NOT NULL, source TEXT NOT NULL,
     file_id TEXT NOT NULL, size_bytes INTEGER NOT NULL, sha256 TEXT NOT NULL,
     content_type TEXT NOT NULL, verdict_reason TEXT NOT NULL, sanitized INTEGER NOT NULL,
     reason TEXT NOT NULL, asked_ms INTEGER NOT NULL, expires_ms INTEGER NOT NULL,
     decided_ms INTEGER, decided_by TEXT, decided_for TEXT, answer TEXT NOT NULL DEFAULT '',
     kept_until_ms INTEGER, collected_ms INTEGER
   ) STRICT`,
  "CREATE INDEX file_approvals_requester ON file_approvals (requester_id, seq)",
  "CREATE INDEX file_approvals_open ON file_approvals (expires_ms) WHERE state = 'open'",
  "CREATE INDEX file_approvals_file ON file_approvals (file_id)",
  "ALTER TABLE file_approvals ADD COLUMN direction TEXT NOT NULL DEFAULT 'download'",
];

const row = z
  .object({
    seq: z.int(),
    id: z.string(),
    state: z.enum(approvalStates),
    download_id: z.string(),
    requester_id: z.string(),
    requester_name: z.string(),
    groups: z.string(),
    terminal: z.string(),
    session_id: z.string(),
    name: z.string(),
    media_type: z.string(),
    source: z.string(),
    file_id: z.string(),
    size_bytes: z.int(),
    sha256: z.string(),
    content_type: z.string(),
    verdict_reason: z.string(),
    sanitized: z.int(),
    reason: z.string(),
    asked_ms: z.int(),
    expires_ms: z.int(),
    decided_ms: z.int().nullable(),
    decided_by: z.string().nullable(),
    decided_for: z.string().nullable(),
    answer: z.string(),
    kept_until_ms: z.int().nullable(),
    collected_ms: z.int().nullable(),
    direction: z.enum(["download", "upload"]),
  })
  .transform(
    (each): StoredApproval => ({
      fileId: each.file_id,
      approval: {
        id: each.id as ApprovalId,
        seq: each.seq,
        state: each.state,
        direction: each.direction,
        downloadId: each.download_id as DownloadId,
        requesterId: each.requester_id as UserId,
        requesterName: each.requester_name,
        groups: z.array(z.string()).parse(JSON.parse(each.groups)),
        terminal: each.terminal,
        sessionId: each.session_id,
        name: each.name,
        mediaType: each.media_type,
        source: each.source,
        sizeBytes: each.size_bytes,
        sha256: each.sha256,
        contentType: each.content_type,
        verdictReason: each.verdict_reason,
        sanitized: each.sanitized === 1,
        reason: each.reason,
        askedAt: each.asked_ms,
        expiresAt: each.expires_ms,
        decidedAt: each.decided_ms,
        decidedBy: each.decided_by,
        decidedFor: each.decided_for,
        answer: each.answer,
        keptUntil: each.kept_until_ms,
        collectedAt: each.collected_ms,
      },
    }),
  );

export interface StoredApproval {
  readonly approval: Approval;
  /** Of the kept file. */
  readonly fileId: string;
}

export type NewApproval = Omit<
  Approval,
  | "answer"
  | "collectedAt"
  | "decidedAt"
  | "decidedBy"
  | "decidedFor"
  | "id"
  | "keptUntil"
  | "seq"
  | "state"
>;

export interface Closing {
  readonly state: Exclude<ApprovalState, "open">;
  readonly by: string | null;
  readonly inPlaceOf?: string | null;
  readonly answer?: string;
  readonly keptUntil?: number;
}

/** Rows that one page shows at most. */
const most = 300;

export class ApprovalStore {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    migrate(database, "file-approvals", approvalSteps);
    this.#database = database;
  }

  add(asked: NewApproval, fileId: string): Approval {
    const id = newApprovalId();
    this.#database
      .prepare(
        `INSERT INTO file_approvals
           (id, state, download_id, requester_id, requester_name, groups, terminal, session_id, name, media_type,
            source, file_id, size_bytes, sha256, content_type, verdict_reason, sanitized, reason, asked_ms, expires_ms, direction)
         VALUES (?, 'open', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        id,
        asked.downloadId,
        asked.requesterId,
        asked.requesterName,
        JSON.stringify(asked.groups),
        asked.terminal,
        asked.sessionId,
        asked.name,
        asked.mediaType,
        asked.source,
        fileId,
        asked.sizeBytes,
        asked.sha256,
        asked.contentType,
        asked.verdictReason,
        asked.sanitized ? 1 : 0,
        asked.reason,
        asked.askedAt,
        asked.expiresAt,
        asked.direction,
      );
    return this.get(id).approval;
  }

  /** Throws NOT_FOUND. */
  get(id: string): StoredApproval {
    const [found] = this.#select("id = ?", id);
    if (found === undefined) throw new AppError("NOT_FOUND", { what: "approval" });
    return found;
  }

  /** Throws ILLEGAL_TRANSITION unless it is open. */
  close(id: ApprovalId, closing: Closing, nowMs: number): Approval {
    const done = this.#database
      .prepare(
        `UPDATE file_approvals SET state = ?, decided_ms = ?, decided_by = ?, decided_for = ?, answer = ?,
           kept_until_ms = ? WHERE id = ? AND state = 'open'`,
      )
      .run(
        closing.state,
        nowMs,
        closing.by,
        closing.inPlaceOf ?? null,
        closing.answer ?? "",
        closing.keptUntil ?? null,
        id,
      );
    if (done.changes !== 1) throw new AppError("ILLEGAL_TRANSITION", { approval: id });
    return this.get(id).approval;
  }

  collected(id: ApprovalId, nowMs: number, keptUntil: number): Approval {
    this.#database
      .prepare("UPDATE file_approvals SET collected_ms = ?, kept_until_ms = ? WHERE id = ?")
      .run(nowMs, keptUntil, id);
    return this.get(id).approval;
  }

  /** The file is gone. */
  notKept(fileId: string): void {
    this.#database
      .prepare("UPDATE file_approvals SET kept_until_ms = NULL WHERE file_id = ?")
      .run(fileId);
  }

  of(requesterId: UserId): readonly Approval[] {
    return this.#select("requester_id = ? ORDER BY seq DESC LIMIT ?", requesterId, most).map(plain);
  }

  countOpen(requesterId: UserId): number {
    return this.#select("requester_id = ? AND state = 'open'", requesterId).length;
  }

  open(): readonly Approval[] {
    return this.#select("state = 'open' ORDER BY seq DESC").map(plain);
  }

  latest(): readonly Approval[] {
    return this.#select("1 ORDER BY seq DESC LIMIT ?", most).map(plain);
  }

  pastDay(nowMs: number): readonly StoredApproval[] {
    return this.#select("state = 'open' AND expires_ms <= ?", nowMs);
  }

  /** Decided before that moment. */
  forget(beforeMs: number): void {
    this.#database
      .prepare("DELETE FROM file_approvals WHERE state <> 'open' AND decided_ms < ?")
      .run(beforeMs);
  }

  #select(where: string, ...values: SQLInputValue[]): readonly StoredApproval[] {
    return this.#database
      .prepare(`SELECT * FROM file_approvals WHERE ${where}`)
      .all(...values)
      .map((each) => row.parse(each));
  }
}

const plain = ({ approval }: StoredApproval): Approval => approval;
