/** Words for the reason of an audit record, where there are some. Pure. */
import type { AuditRecord } from "../../http/contract.ts";
import { isTextName, type TextName } from "../i18n/dictionary.ts";

type Plain = Extract<TextName, `auditReason.${string}` | `verdict.${string}`>;

/** A verdict's reason begins with its name, and goes on with the code of what was found. */
export function reasonText({
  action,
  reason,
}: Pick<AuditRecord, "action" | "reason">): Plain | null {
  if (reason === null) return null;
  const name = action === "verdict" ? `verdict.${reason.split(":")[0]}` : `auditReason.${reason}`;
  return isTextName(name) ? (name as Plain) : null;
}
