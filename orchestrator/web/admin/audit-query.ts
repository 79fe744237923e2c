/** The filters of the audit page and what they become in the address. Pure. */
import type { AuditQuery } from "../../http/contract.ts";

export interface AuditFilters {
  /** As the datetime-local input gives them: local time without a zone. */
  readonly from: string;
  readonly to: string;
  readonly user: string;
  readonly action: AuditQuery["action"] | "";
  readonly outcome: AuditQuery["outcome"] | "";
  readonly q: string;
}

export const noFilters: AuditFilters = {
  from: "",
  to: "",
  user: "",
  action: "",
  outcome: "",
  q: "",
};

/** Empty filters are left out; local times go out as UTC instants. */
export function auditSearch(
  filters: AuditFilters,
  before: number | null,
  limit: number | null,
): string {
  const search = new URLSearchParams();
  const put = (name: keyof AuditQuery, value: string): void => {
    if (value !== "") search.set(name, value);
  };
  put("from", toInstant(filters.from, false));
  put("to", toInstant(filters.to, true));
  put("user", filters.user.trim());
  put("action", filters.action ?? "");
  put("outcome", filters.outcome ?? "");
  put("q", filters.q.trim());
  if (before !== null) put("before", String(before));
  if (limit !== null) put("limit", String(limit));
  const text = search.toString();
  return text === "" ? "" : `?${text}`;
}

/** "Until 17:30" means until the end of that minute. */
function toInstant(local: string, endOfMinute: boolean): string {
  if (local === "") return "";
  const date = new Date(local);
  if (Number.isNaN(date.getTime())) return "";
  return new Date(date.getTime() + (endOfMinute ? 59_999 : 0)).toISOString();
}
