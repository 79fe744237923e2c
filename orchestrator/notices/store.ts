/** Notices in the database: whose, what, when, read or not; how far the audit log has been followed; which conditions hold. */
import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import type { UserId } from "../base/ids.ts";
import { migrate } from "../store/database.ts";
import { type NewNotice, type Notice, noticeKinds, type NoticeQuery } from "./types.ts";
import { words } from "./words.ts";

export const noticeSteps = [
  `CREATE TABLE notices (
     id INTEGER PRIMARY KEY AUTOINCREMENT,
     user_id TEXT NOT NULL,
     kind TEXT NOT NULL, facts TEXT NOT NULL,
     words TEXT NOT NULL,
     at_ms INTEGER NOT NULL, read_ms INTEGER
   ) STRICT`,
  "CREATE INDEX notices_user ON notices (user_id, id)",
  "CREATE INDEX notices_unread ON notices (user_id) WHERE read_ms IS NULL",
  "CREATE TABLE notices_followed (one INTEGER PRIMARY KEY CHECK (one = 1), seq INTEGER NOT NULL) STRICT",
  "CREATE TABLE notice_conditions (kind TEXT PRIMARY KEY, told_ms INTEGER NOT NULL) STRICT",
];

const row = z.object({
  id: z.int(),
  kind: z.enum(noticeKinds),
  facts: z.string(),
  at_ms: z.int(),
  read_ms: z.int().nullable(),
});
const facts = z.record(z.string(), z.union([z.string(), z.number()]));
const numberRow = z.object({ n: z.int().nullable() });

/** The newest of each person; older ones go. */
const keptPerPerson = 500;

export class NoticeStore {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    migrate(database, "notices", noticeSteps);
    this.#database = database;
  }

  /** In the caller's transaction, or alone. */
  add(userId: UserId, notice: NewNotice, nowMs: number): Notice {
    const { ja, en } = words(notice);
    const { lastInsertRowid } = this.#database
      .prepare("INSERT INTO notices (user_id, kind, facts, words, at_ms) VALUES (?, ?, ?, ?, ?)")
      .run(userId, notice.kind, JSON.stringify(notice.facts), `${ja}\n${en}`, nowMs);
    this.#database
      .prepare(
        `DELETE FROM notices WHERE user_id = :user AND id <=
           (SELECT id FROM notices WHERE user_id = :user ORDER BY id DESC LIMIT 1 OFFSET ${keptPerPerson})`,
      )
      .run({ user: userId });
    return { ...notice, id: Number(lastInsertRowid), atMs: nowMs, isRead: false };
  }

  list(userId: UserId, { q, before, limit }: NoticeQuery): readonly Notice[] {
    return this.#database
      .prepare(
        `SELECT * FROM notices WHERE user_id = ? AND id < ? AND instr(lower(words), lower(?)) > 0
         ORDER BY id DESC LIMIT ?`,
      )
      .all(userId, before ?? Number.MAX_SAFE_INTEGER, q ?? "", limit)
      .map((found) => {
        const each = row.parse(found);
        return {
          ...{ id: each.id, kind: each.kind, facts: facts.parse(JSON.parse(each.facts)) },
          ...{ atMs: each.at_ms, isRead: each.read_ms !== null },
        };
      });
  }

  unread(userId: UserId): number {
    const counted = this.#database
      .prepare("SELECT count(*) AS n FROM notices WHERE user_id = ? AND read_ms IS NULL")
      .get(userId);
    return numberRow.parse(counted).n ?? 0;
  }

  markRead(userId: UserId, which: "all" | readonly number[], nowMs: number): void {
    const ids = which === "all" ? "" : " AND id IN (SELECT value FROM json_each(?))";
    this.#database
      .prepare(`UPDATE notices SET read_ms = ? WHERE user_id = ? AND read_ms IS NULL${ids}`)
      .run(nowMs, userId, ...(which === "all" ? [] : [JSON.stringify(which)]));
  }

  /** Number of the last audit record that was followed; null before the first. */
  followed(): number | null {
    const found = this.#database.prepare("SELECT seq AS n FROM notices_followed").get();
    return found === undefined ? null : numberRow.parse(found).n;
  }

  setFollowed(seq: number): void {
    this.#database
      .prepare(
        "INSERT INTO notices_followed VALUES (1, ?) ON CONFLICT (one) DO UPDATE SET seq = excluded.seq",
      )
      .run(seq);
  }

  /** When people were last told that this condition holds; undefined while it does not. */
  toldAt(kind: NewNotice["kind"]): number | undefined {
    const found = this.#database
      .prepare("SELECT told_ms AS n FROM notice_conditions WHERE kind = ?")
      .get(kind);
    return found === undefined ? undefined : (numberRow.parse(found).n ?? undefined);
  }

  setTold(kind: NewNotice["kind"], atMs: number | undefined): void {
    if (atMs === undefined)
      this.#database.prepare("DELETE FROM notice_conditions WHERE kind = ?").run(kind);
    else
      this.#database
        .prepare(
          "INSERT INTO notice_conditions VALUES (?, ?) ON CONFLICT (kind) DO UPDATE SET told_ms = excluded.told_ms",
        )
        .run(kind, atMs);
  }
}
