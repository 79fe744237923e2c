/**
 * Ends one session: intent first, then every undo in reverse, then the record of its end. May be taken up
 * again at any point, also by a process that was not there when it began; what cannot be undone now leaves
 * the session `stuck`, and reconcile comes back to it.
 */
import type { AuditLog } from "../audit/events.ts";
import type { SessionId } from "../base/ids.ts";
import { undoSteps } from "./run-steps.ts";
import { type SessionParts, sessionSteps } from "./steps.ts";
import type { SessionRecord, SessionStore } from "./store.ts";
import type { EndReason } from "./types.ts";

export interface CloseParts extends SessionParts {
  readonly store: SessionStore;
  readonly audit: AuditLog;
}

/** `onClosing` is called once, when the intent is kept and before anything is undone. */
export async function closeSession(
  parts: CloseParts,
  id: SessionId,
  reason: EndReason,
  onClosing: (record: SessionRecord) => void,
): Promise<void> {
  const { store, log } = parts;
  if (!store.beginClosing(id, reason)) return;
  const record = store.get(id);
  const startedAt = performance.now();
  onClosing(record);
  const failed = await undoSteps(sessionSteps(parts, record), log);
  const durationMs = Math.round(performance.now() - startedAt);
  store.atomically(() => {
    if (failed.length === 0) store.markDeleted(id);
    else store.markStuck(id);
    recordEnd(parts.audit, record, failed, durationMs);
  });
  log.info({
    event: "session-end",
    outcome: failed.length === 0 ? "success" : "failure",
    sessionId: id,
    reason: record.endReason,
    durationMs,
  });
}

/** A pooled container was nobody's: its end is in the log only. */
function recordEnd(
  audit: AuditLog,
  { id, ownerId, ownerName, terminal, endReason }: SessionRecord,
  failed: readonly string[],
  durationMs: number,
): void {
  if (ownerId === null) return;
  audit.write({
    action: "session-end",
    outcome: failed.length === 0 ? "success" : "failure",
    userId: ownerId,
    userName: ownerName ?? "",
    ...(terminal === null ? {} : { terminal }),
    sessionId: id,
    ...(endReason === null ? {} : { reason: endReason }),
    details: { durationMs, ...(failed.length === 0 ? {} : { left: failed.join(" ") }) },
  });
}
