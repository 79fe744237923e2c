/**
 * Opens the installation's SQLite file and brings each feature's tables up to date. Features keep their
 * own SQL; this file knows no table but its own list of applied steps.
 */
import { chmodSync, closeSync, openSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { AppError } from "../base/errors.ts";

/**
 * WAL so that readers (CLI, audit page) never block the writer; FULL so that a record that `write`
 * returned for survives a power cut; secure_delete so that removed rows leave no text behind.
 */
export function openDatabase(path: string): DatabaseSync {
  makePrivate(path);
  const database = new DatabaseSync(path);
  database.exec("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON");
  database.exec("PRAGMA busy_timeout = 5000; PRAGMA secure_delete = ON");
  database.exec(
    "CREATE TABLE IF NOT EXISTS schema_steps (feature TEXT PRIMARY KEY, applied INTEGER NOT NULL) STRICT",
  );
  return database;
}

/** The files that SQLite puts beside it take over the mode. */
function makePrivate(path: string): void {
  if (path === ":memory:") return;
  closeSync(openSync(path, "a", 0o600));
  chmodSync(path, 0o600);
}

/**
 * Applies the steps of `feature` that this file has not seen yet, all or none. Steps are only ever appended; throws
 * STORE_NEWER when the file has seen more of them than there are, because a newer program has written it.
 */
export function migrate(database: DatabaseSync, feature: string, steps: readonly string[]): void {
  const row = database.prepare("SELECT applied FROM schema_steps WHERE feature = ?").get(feature);
  const applied = typeof row?.["applied"] === "number" ? row["applied"] : 0;
  if (applied > steps.length)
    throw new AppError("STORE_NEWER", { feature, found: applied, known: steps.length });
  if (applied === steps.length) return;
  inTransaction(database, () => {
    for (const step of steps.slice(applied)) database.exec(step);
    database
      .prepare(
        "INSERT INTO schema_steps VALUES (?, ?) ON CONFLICT (feature) DO UPDATE SET applied = excluded.applied",
      )
      .run(feature, steps.length);
  });
}

/** Runs `work` in one immediate transaction; rolls back and rethrows when it throws. */
export function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec("BEGIN IMMEDIATE");
  try {
    const result = work();
    database.exec("COMMIT");
    return result;
  } catch (error) {
    // A full disk has ended it already, and is the error to be told.
    if (database.isTransaction) database.exec("ROLLBACK");
    throw error;
  }
}
