/**
 * The record of one run of Hanare: opened when it starts, closed when it stops. A run that was killed could not
 * close its own: the next one does, as of unknown end, before it opens another.
 */
import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { inTransaction, migrate } from "../store/database.ts";
import type { AuditLog } from "./events.ts";
import { readHead } from "./tables.ts";

export const auditRunSteps = [
  // Holds the number of the open record while one is.
  "CREATE TABLE audit_run (started INTEGER PRIMARY KEY) STRICT",
];

/** Disposing closes it. Only the process that owns the installation may open one. */
export function openRun(database: DatabaseSync, audit: AuditLog): Disposable {
  migrate(database, "audit-run", auditRunSteps);
  const close = database.prepare("DELETE FROM audit_run");
  inTransaction(database, () => {
    const left = database.prepare("SELECT started FROM audit_run").get();
    if (left) {
      const details = leftRow.parse(left);
      audit.write({ action: "system-stop", outcome: "failure", reason: "unknown", details });
      close.run();
    }
    audit.write({ action: "system-start", outcome: "success" });
    database.prepare("INSERT INTO audit_run VALUES (?)").run(readHead(database).seq);
  });
  return {
    [Symbol.dispose]: () =>
      inTransaction(database, () => {
        audit.write({ action: "system-stop", outcome: "success" });
        close.run();
      }),
  };
}

const leftRow = z.object({ started: z.number() });
