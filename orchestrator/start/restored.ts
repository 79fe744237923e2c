/** What the features say about an unpacked backup, and what they settle in it before it is put in place. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { auditPublicKeyPath, loadPublicKey, loadSigningKey } from "../audit/keys.ts";
import { verifyAuditFile } from "../audit/verify-file.ts";
import { createAuditWriter } from "../audit/writer.ts";
import { AppError } from "../base/errors.ts";
import { loadConfig } from "../config/load.ts";
import { loadInstallationId } from "../config/installation.ts";
import { Tickets } from "../identity/tickets.ts";
import { emptyOutbox } from "../notices/outbox-behind.ts";
import { SessionStore } from "../sessions/store.ts";
import { openDatabase } from "../store/database.ts";

/** Whole, and of use for this program. Throws BACKUP_REFUSED or CONFIG_INVALID. */
export async function checkUnpacked(folder: string): Promise<void> {
  await loadInstallationId(folder);
  await loadConfig(folder);
  const keyFile = auditPublicKeyPath(join(folder, "keys"));
  if (!existsSync(keyFile)) throw new AppError("BACKUP_REFUSED", { what: "no public audit key" });
  const key = loadPublicKey(keyFile);
  const verdict = await verifyAuditFile(join(folder, "hanare.db"), key);
  if (verdict.outcome === "broken") {
    const { seq, reason } = verdict;
    throw new AppError("BACKUP_REFUSED", { what: "audit log", seq, reason });
  }
}

/**
 * Nobody is signed in to a restored installation, and none of its sessions runs: when those ended nobody knows, and
 * the next start says so. The log tells that what came after the backup is missing.
 */
export function settleUnpacked(
  folder: string,
  made: { readonly madeAt: string; readonly auditUpTo: number; readonly program: string },
): void {
  const database = openDatabase(join(folder, "hanare.db"));
  try {
    using audit = createAuditWriter({
      ...{ database, now: Date.now },
      signingKey: loadSigningKey(join(folder, "keys")),
    });
    new SessionStore(database).abandonAll();
    emptyOutbox(database);
    new Tickets(database, 0, Date.now).revokeAll();
    const { madeAt, auditUpTo, program } = made;
    audit.write({
      ...{ action: "backup-restore", outcome: "success", terminal: "local" },
      details: { madeAt, auditUpTo, program },
    });
  } finally {
    database.close();
  }
}
