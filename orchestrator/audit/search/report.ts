/**
 * Counts over the columns of a period: how many records each person, host, … has, and how many each day.
 * Nothing is kept in advance, so there is nothing that could differ from the records.
 */
import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { auditOutcomes } from "../events.ts";
import type { ChainedRecord } from "../chain.ts";
import { type Facet, factsOf } from "./facts.ts";
import type { Filter } from "./filter.ts";
import type { SearchIndex } from "./index.ts";
import { CountTable } from "./count-table.ts";
import { tester, touches } from "./search.ts";
import type { Segment } from "./segment.ts";

export interface ReportAsked {
  readonly filter: Filter;
  readonly by: Facet;
  /** What rows are ordered by. */
  readonly measure: "records" | "bytes";
  /** Only what happened outside of these hours of the server's time zone, or on Saturday and Sunday. */
  readonly officeHours?: { readonly from: number; readonly to: number };
  readonly rows: number;
}

export interface ReportRow {
  readonly value: string;
  readonly records: number;
  readonly refused: number;
  readonly bytes: number;
}

export interface ReportResult {
  readonly rows: readonly ReportRow[];
  /** How many different values there are in all. */
  readonly values: number;
  readonly records: number;
  readonly bytes: number;
  /** Days of the server's time zone that have records, oldest first: "2026-04-01". */
  readonly days: readonly { readonly day: string; readonly records: number }[];
  /** Records by the hour of the day, 0 to 23. */
  readonly hours: readonly number[];
}

export function report(
  index: SearchIndex,
  database: DatabaseSync,
  asked: ReportAsked,
): ReportResult {
  const counted = new CountTable();
  const days = new Map<number, number>();
  const hours = Array.from({ length: 24 }, () => 0);
  const clock = new LocalClock();
  for (const segment of index.segments())
    count(segment, index, asked, { counted, days, hours, clock });
  const all = counted.all();
  const top = all.toSorted((a, b) => b[asked.measure] - a[asked.measure]).slice(0, asked.rows);
  return {
    rows: top.map(({ sample, ...counts }) => ({
      value: valueIn(database, sample, asked.by),
      ...counts,
    })),
    values: all.length,
    records: all.reduce((sum, each) => sum + each.records, 0),
    bytes: all.reduce((sum, each) => sum + each.bytes, 0),
    days: [...days]
      .sort(([a], [b]) => a - b)
      .map(([day, records]) => ({ day: dayText(day), records })),
    hours,
  };
}

interface Tally {
  readonly counted: CountTable;
  readonly days: Map<number, number>;
  readonly hours: number[];
  readonly clock: LocalClock;
}

const refusedAt = auditOutcomes.indexOf("refused");

function count(
  segment: Segment,
  index: SearchIndex,
  { filter, by, officeHours }: ReportAsked,
  { counted, days, hours, clock }: Tally,
): void {
  if (!touches(segment, filter)) return;
  const at = segment.numbers("at");
  const test = tester(segment, index, filter);
  const [values, bytes, outcomes] = [
    segment.numbers(by),
    segment.numbers("bytes"),
    segment.outcomes(),
  ];
  for (
    let place = Math.max(0, filter.after + 1 - segment.first);
    place < segment.count;
    place += 1
  ) {
    const value = values[place] ?? 0;
    if (value === 0 || !test(place)) continue;
    clock.set(at[place] ?? 0);
    if (officeHours && clock.within(officeHours)) continue;
    days.set(clock.day, (days.get(clock.day) ?? 0) + 1);
    hours[clock.hour] = (hours[clock.hour] ?? 0) + 1;
    const refused = outcomes[place] === refusedAt;
    counted.add(value, segment.first + place, refused, bytes[place] ?? 0);
  }
}

const hourMs = 3_600_000;

/** Day and hour of the server's time zone; asks the system once an hour of records, not once a record. */
class LocalClock {
  day = 0;
  hour = 0;
  #weekend = false;
  #slot = Number.NaN;

  set(atMs: number): void {
    // Offsets of time zones are multiples of a quarter of an hour.
    const slot = Math.floor(atMs / (hourMs / 4));
    if (slot === this.#slot) return;
    this.#slot = slot;
    const date = new Date(atMs);
    this.hour = date.getHours();
    this.day = date.getFullYear() * 10_000 + (date.getMonth() + 1) * 100 + date.getDate();
    this.#weekend = date.getDay() === 0 || date.getDay() === 6;
  }

  within({ from, to }: { readonly from: number; readonly to: number }): boolean {
    return !this.#weekend && this.hour >= from && this.hour < to;
  }
}

function dayText(day: number): string {
  const text = String(day).padStart(8, "0");
  return `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6)}`;
}

const recordRow = z.object({ record: z.string() });

function valueIn(database: DatabaseSync, seq: number, by: Facet): string {
  const row = database.prepare("SELECT record FROM audit_records WHERE seq = ?").get(seq);
  if (row === undefined) return "";
  return factsOf(JSON.parse(recordRow.parse(row).record) as ChainedRecord).values[by];
}
