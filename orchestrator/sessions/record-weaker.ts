/** The audit record of a container that was refused: held less tightly than asked. Writes, decides nothing. */
import type { AuditLog } from "../audit/events.ts";
import type { AppError } from "../base/errors.ts";
import type { SessionId } from "../base/ids.ts";

/** `context` is that of ISOLATION_WEAKER. */
export function recordWeaker(audit: AuditLog, id: SessionId, { context }: AppError): void {
  const { flags, flag, wanted, found } = context;
  audit.write({
    action: "isolation-check",
    outcome: "refused",
    sessionId: id,
    reason: String(flags).slice(0, 256),
    details: { flag: flag ?? null, wanted: wanted ?? null, found: found ?? null },
  });
}
