/** How far a syslog server has read the audit log. */
import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";

/** `host:port`, as the position is kept under. */
export function forwardTarget({ host, port }: { readonly host: string; readonly port: number }) {
  return `${host}:${port}`;
}

/** Number of the last record that `target` has read; 0 for none, also where nothing was ever sent. */
export function forwardedUpTo(database: DatabaseSync, target: string): number {
  const known = database
    .prepare("SELECT name FROM sqlite_master WHERE name = 'audit_forwarded'")
    .get();
  const found =
    known && database.prepare("SELECT seq FROM audit_forwarded WHERE target = ?").get(target);
  return found === undefined ? 0 : positionRow.parse(found).seq;
}

const positionRow = z.object({ seq: z.number() });
