/** What somebody searches for, read once, and whether a record is that. Pure. */
import { z } from "zod";
import { AppError } from "../../base/errors.ts";
import type { AuditQuery } from "../../http/contract.ts";
import type { AuditEvent } from "../events.ts";
import { auditActions, auditOutcomes } from "../events.ts";
import { type Facet, facets, type Facts, plain, wordsOf } from "./facts.ts";

export interface Filter {
  /** Only records after and before these numbers. */
  readonly after: number;
  readonly before: number;
  /** Inclusive and exclusive. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Places in `auditActions` and `auditOutcomes`; undefined is any. */
  readonly action: number | undefined;
  readonly outcome: number | undefined;
  /** In their plain form; a facet that is not there may be anything. */
  readonly values: readonly (readonly [Facet, string])[];
  /** All of them occur. */
  readonly words: readonly string[];
}

/** Throws BAD_REQUEST for times that cannot be read. */
export function readFilter(query: AuditQuery): Filter {
  const values = facets.flatMap((facet) => {
    const value = plain(query[facet] ?? "");
    return value === "" ? [] : [[facet, value] as const];
  });
  return {
    after: query.after ?? 0,
    before: query.before ?? Number.POSITIVE_INFINITY,
    fromMs: query.from === undefined ? Number.NEGATIVE_INFINITY : instant(query.from, "from"),
    toMs: query.to === undefined ? Number.POSITIVE_INFINITY : instant(query.to, "to"),
    action: query.action && auditActions.indexOf(query.action),
    outcome: query.outcome && auditOutcomes.indexOf(query.outcome),
    values,
    words: plain(query.q ?? "")
      .split(/\s+/)
      .filter((word) => word !== ""),
  };
}

export function matches(filter: Filter, facts: Facts, event: AuditEvent): boolean {
  if (filter.action !== undefined && filter.action !== facts.action) return false;
  if (filter.outcome !== undefined && filter.outcome !== facts.outcome) return false;
  if (facts.atMs < filter.fromMs || facts.atMs >= filter.toMs) return false;
  for (const [facet, value] of filter.values)
    if (plain(facts.values[facet]) !== value) return false;
  if (filter.words.length === 0) return true;
  const words = wordsOf(event);
  return filter.words.every((word) => words.includes(word));
}

const dateOnly = /^(\d{4})-(\d{2})-(\d{2})$/;
const isoInstant = z.iso.datetime({ offset: true });

/**
 * Milliseconds since 1970. `from` is inclusive, `to` exclusive. A bare date is a calendar day of the
 * server's own time zone; as `to` it includes that whole day. Throws BAD_REQUEST for anything that is
 * neither date nor instant.
 */
export function instant(untrustedText: string, edge: "from" | "to"): number {
  const day = dateOnly.exec(untrustedText);
  if (day) {
    const [year, month, date] = [Number(day[1]), Number(day[2]) - 1, Number(day[3])];
    const start = new Date(year, month, date);
    const exists = start.getMonth() === month && start.getDate() === date;
    if (exists) return (edge === "from" ? start : new Date(year, month, date + 1)).getTime();
  }
  const read = isoInstant.safeParse(untrustedText);
  if (!read.success) throw new AppError("BAD_REQUEST", { where: "query", field: edge });
  return Date.parse(read.data);
}
