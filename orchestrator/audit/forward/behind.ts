/** How far the syslog server is behind the audit log, for who looks from outside of the server. Reads only. */
import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { forwardedUpTo } from "./position.ts";

export interface Behind {
  readonly waiting: number;
  /** Of the oldest record that waits; null when none does. */
  readonly since: string | null;
}

/** `target`: see forwardTarget. */
export function forwardBehind(database: DatabaseSync, target: string): Behind {
  const waiting = database
    .prepare("SELECT count(*) AS waiting, min(seq) AS seq FROM audit_records WHERE seq > ?")
    .get(forwardedUpTo(database, target));
  const { waiting: count, seq } = waitingRow.parse(waiting);
  if (seq === null) return { waiting: 0, since: null };
  const oldest = database.prepare("SELECT at FROM audit_records WHERE seq = ?").get(seq);
  return { waiting: count, since: atRow.parse(oldest).at };
}

const waitingRow = z.object({ waiting: z.number(), seq: z.number().nullable() });
const atRow = z.object({ at: z.string() });
