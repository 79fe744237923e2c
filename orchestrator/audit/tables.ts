/**
 * The audit tables. `record` holds the canonical text; the columns that queries filter by are computed
 * from it by SQLite, so that what is shown and what is hashed can never differ. Triggers refuse changes:
 * they stop mistakes, the chain and its checkpoints show attacks.
 */
import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { migrate } from "../store/database.ts";
import { type ChainHead, emptyHead } from "./chain.ts";

const computed = (column: string, field: string) =>
  `${column} TEXT GENERATED ALWAYS AS (json_extract(record, '$.${field}')) VIRTUAL`;

const refuse = (table: string, act: "UPDATE" | "DELETE") =>
  `CREATE TRIGGER ${table}_no_${act.toLowerCase()} BEFORE ${act} ON ${table}
   BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END`;

export const auditSteps = [
  `CREATE TABLE audit_records (
     seq INTEGER PRIMARY KEY,
     record TEXT NOT NULL,
     hash TEXT NOT NULL,
     ${computed("at", "at")},
     ${computed("action", "event.action")},
     ${computed("outcome", "event.outcome")},
     ${computed("user_name", "event.userName")},
     ${computed("session_id", "event.sessionId")},
     ${computed("target", "event.target")},
     ${computed("reason", "event.reason")},
     ${computed("details", "event.details")}
   ) STRICT`,
  "CREATE INDEX audit_by_at ON audit_records (at)",
  "CREATE INDEX audit_by_action ON audit_records (action)",
  "CREATE INDEX audit_by_user ON audit_records (user_name)",
  "CREATE INDEX audit_by_session ON audit_records (session_id)",
  refuse("audit_records", "UPDATE"),
  refuse("audit_records", "DELETE"),
  `CREATE TABLE audit_checkpoints (
     seq INTEGER PRIMARY KEY,
     statement TEXT NOT NULL,
     signature TEXT NOT NULL
   ) STRICT`,
  refuse("audit_checkpoints", "UPDATE"),
  refuse("audit_checkpoints", "DELETE"),
  // What searches need is kept apart from the log (search/), so that appending touches one table only.
  "DROP INDEX audit_by_at",
  "DROP INDEX audit_by_action",
  "DROP INDEX audit_by_user",
  "DROP INDEX audit_by_session",
  // Signed statements that the records up to a number were deleted. Only what one covers can be deleted.
  `CREATE TABLE audit_retentions (
     seq INTEGER PRIMARY KEY,
     statement TEXT NOT NULL,
     signature TEXT NOT NULL
   ) STRICT`,
  refuse("audit_retentions", "UPDATE"),
  refuse("audit_retentions", "DELETE"),
  "DROP TRIGGER audit_records_no_delete",
  `CREATE TRIGGER audit_records_no_delete BEFORE DELETE ON audit_records
   WHEN OLD.seq > (SELECT coalesce(max(seq), 0) FROM audit_retentions)
   BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END`,
];

export function prepareAuditTables(database: DatabaseSync): void {
  migrate(database, "audit", auditSteps);
}

const headRow = z.object({ seq: z.number(), hash: z.string() });

/** Number and hash of the newest record. */
export function readHead(database: DatabaseSync): ChainHead {
  const found = database
    .prepare("SELECT seq, hash FROM audit_records ORDER BY seq DESC LIMIT 1")
    .get();
  return found === undefined ? emptyHead : headRow.parse(found);
}
