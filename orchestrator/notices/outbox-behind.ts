/** What waits to go out, for who looks from outside of the server; and how a restored installation forgets it. */
import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";

export interface OutboxBehind {
  readonly waiting: number;
  /** Of the oldest; null when nothing waits. */
  readonly sinceMs: number | null;
}

export function outboxBehind(database: DatabaseSync): OutboxBehind {
  if (!hasOutbox(database)) return { waiting: 0, sinceMs: null };
  const found = database
    .prepare("SELECT count(*) AS waiting, min(created_ms) AS since FROM notice_outbox")
    .get();
  const { waiting, since } = row.parse(found);
  return { waiting, sinceMs: since };
}

/** What waited when a backup was taken is known by now, or nobody's news any more. */
export function emptyOutbox(database: DatabaseSync): void {
  if (hasOutbox(database)) database.exec("DELETE FROM notice_outbox");
}

const hasOutbox = (database: DatabaseSync): boolean =>
  database.prepare("SELECT 1 FROM sqlite_master WHERE name = 'notice_outbox'").get() !== undefined;

const row = z.object({ waiting: z.int(), since: z.int().nullable() });
