/** The whole audit log is checked once a day; what that said is asked for at any time. */
import { describeError } from "../base/errors.ts";
import type { Log } from "../base/log.ts";
import { auditPublicKeyPath, loadPublicKey } from "./keys.ts";
import { verifyAuditFile } from "./verify-file.ts";

export interface DailyCheckParts {
  /** The database's file. */
  readonly database: string;
  /** The folder with the installation's keys. */
  readonly keys: string;
  readonly log: Log;
  readonly now: () => number;
}

/** Neither: whole, or not checked yet. */
export interface AuditFinding {
  /** The first record that is not as it was written. */
  readonly broken?: { readonly seq: number; readonly reason: string };
  /** Why the last check came to no end. */
  readonly unchecked?: string;
}

const hourMs = 3_600_000;
const everyMs = 24 * hourMs;
const againMs = hourMs;
/** The busy minutes after a start are over by then. */
export const firstCheckAfterMs = 10 * 60_000;

/** Returns what the last check found, after checking when it is time to. Never throws. */
export function makeDailyCheck({ database, keys, log, now }: DailyCheckParts) {
  let dueAtMs = now() + firstCheckAfterMs;
  let finding: AuditFinding = {};
  return async (): Promise<AuditFinding> => {
    if (now() < dueAtMs) return finding;
    try {
      const verdict = await verifyAuditFile(database, loadPublicKey(auditPublicKeyPath(keys)));
      const isBroken = verdict.outcome === "broken";
      log[isBroken ? "error" : "info"]({ event: "audit-verify", ...verdict });
      finding = isBroken ? { broken: { seq: verdict.seq, reason: verdict.reason } } : {};
      dueAtMs = now() + everyMs;
    } catch (error) {
      const reason = describeError(error);
      log.error({ event: "audit-verify", outcome: "failure", reason });
      // What is known to be broken stays so.
      finding = { ...finding, unchecked: reason };
      dueAtMs = now() + againMs;
    }
    return finding;
  };
}
