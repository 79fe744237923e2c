/** The filters of the audit page: what stands in its address, and what the server is asked. Pure. */
import type { AuditQuery } from "../../http/contract.ts";

/** All as the form's fields hold them; empty is "any". */
export interface AuditFilters {
  /** As the datetime-local input gives them: local time without a zone. */
  readonly from: string;
  readonly to: string;
  readonly action: AuditQuery["action"] | "";
  readonly outcome: AuditQuery["outcome"] | "";
  readonly user: string;
  readonly section: string;
  readonly terminal: string;
  readonly host: string;
  readonly file: string;
  readonly session: string;
  readonly q: string;
}

export const noFilters: AuditFilters = {
  from: "",
  to: "",
  action: "",
  outcome: "",
  user: "",
  section: "",
  terminal: "",
  host: "",
  file: "",
  session: "",
  q: "",
};

type Name = keyof AuditFilters;
const names = Object.keys(noFilters) as Name[];

/** Where the records of these filters begin and end. */
export interface AuditPlace {
  readonly before?: number | null;
  readonly after?: number;
  readonly limit?: number;
}

/** In which bytes a copy of them is written. */
export interface AuditCopy {
  readonly encoding: "utf-8" | "cp932";
}

/** What the server is asked: empty filters are left out, local times go out as UTC instants. */
export function auditSearch(filters: AuditFilters, place: AuditPlace | AuditCopy = {}): string {
  const search = new URLSearchParams();
  for (const name of names) {
    const value = valueOf(name, filters);
    if (value !== "") search.set(name, value);
  }
  for (const [name, value] of Object.entries(place) as [string, string | number | null][])
    if (value !== null) search.set(name, String(value));
  return textOf(search);
}

/** The page's own address: the same names, times as they are typed. */
export function auditAddress(filters: AuditFilters): string {
  const search = new URLSearchParams();
  for (const name of names) {
    const value = (filters[name] ?? "").trim();
    if (value !== "") search.set(name, value);
  }
  return `/admin/audit${textOf(search)}`;
}

/** What the page's address says; whatever it does not know is left alone. */
export function readFilters(untrustedSearch: string): AuditFilters {
  const search = new URLSearchParams(untrustedSearch);
  const given = names.map((name) => [name, search.get(name) ?? ""]);
  return Object.fromEntries(given) as AuditFilters;
}

function valueOf(name: Name, filters: AuditFilters): string {
  if (name === "from") return toInstant(filters.from, false);
  if (name === "to") return toInstant(filters.to, true);
  return (filters[name] ?? "").trim();
}

function textOf(search: URLSearchParams): string {
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
