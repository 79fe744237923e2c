/**
 * Finds the newest records that a filter means. The index says where to look; what is found is what the
 * record itself says. A search that has looked for its time stops and says how far back it came.
 */
import type { DatabaseSync } from "node:sqlite";
import { chainedRecord, type ChainedRecord } from "../chain.ts";
import { facets, factsOf, plain } from "./facts.ts";
import { type Filter, matches } from "./filter.ts";
import { eachSlot, valueSlots } from "./grams.ts";
import type { SearchIndex } from "./index.ts";
import { blockRecords, type Segment } from "./segment.ts";

export interface FoundRecord {
  readonly record: ChainedRecord;
  readonly hash: string;
}

export interface Found {
  /** Newest first. */
  readonly records: readonly FoundRecord[];
  /** Where the next page goes on; null when everything was looked at. */
  readonly nextBefore: number | null;
  /** The search ran out of time and has looked back to this moment only. */
  readonly lookedBackTo: string | null;
}

/** How long one page may look; what comes on top is one block of records. */
export const searchMs = 700;

export function search(
  index: SearchIndex,
  database: DatabaseSync,
  filter: Filter,
  limit: number,
  budgetMs = searchMs,
): Found {
  const until = performance.now() + budgetMs;
  const rows = readRows(database);
  const records: FoundRecord[] = [];
  for (const segment of index.segments()) {
    for (const places of runsOf(candidatesIn(segment, index, filter))) {
      const last = places.at(-1) ?? 0;
      // Newest first, as the places are.
      const stored = rows(segment.first + last, segment.first + (places[0] ?? last));
      for (const place of places) {
        const row = stored.get(segment.first + place);
        // Deleted by retention, with everything before it.
        if (!row) return { records, nextBefore: null, lookedBackTo: null };
        const found = matching(row, filter);
        if (!found) continue;
        if (records.length === limit)
          return { records, nextBefore: records.at(-1)?.record.seq ?? null, lookedBackTo: null };
        records.push(found);
      }
      if (performance.now() <= until) continue;
      const seq = segment.first + last;
      const { at } = JSON.parse(stored.get(seq)?.record ?? "{}") as ChainedRecord;
      return { records, nextBefore: seq, lookedBackTo: at };
    }
  }
  return { records, nextBefore: null, lookedBackTo: null };
}

interface Row {
  readonly record: string;
  readonly hash: string;
}

function readRows(database: DatabaseSync): (from: number, to: number) => ReadonlyMap<number, Row> {
  const statement = database.prepare(
    "SELECT seq, record, hash FROM audit_records WHERE seq >= ? AND seq <= ?",
  );
  statement.setReturnArrays(true);
  return (from, to) => {
    const rows = statement.all(from, to) as unknown as [number, string, string][];
    return new Map(rows.map(([seq, record, hash]) => [seq, { record, hash }]));
  };
}

/** Candidates of one block together, so that they are read in one go. */
function* runsOf(places: Iterable<number>): Generator<readonly number[]> {
  let run: number[] = [];
  for (const place of places) {
    const [first] = run;
    if (first !== undefined && blockOf(first) !== blockOf(place)) {
      yield run;
      run = [];
    }
    run.push(place);
  }
  if (run.length > 0) yield run;
}

const blockOf = (place: number): number => Math.floor(place / blockRecords);

function matching({ record: text, hash }: Row, filter: Filter): FoundRecord | undefined {
  // Most of what shares a block with a match has none of the words: seen in the text as it is.
  const whole = plain(text);
  if (!filter.words.every((word) => escaped.test(word) || whole.includes(word))) return undefined;
  const record = JSON.parse(text) as ChainedRecord;
  if (!matches(filter, factsOf(record), record.event)) return undefined;
  return { record: chainedRecord.parse(record), hash };
}

/** Characters that stand otherwise in JSON, and the "=" that only `wordsOf` puts between name and value. */
const escaped = /["\\=\u0000-\u001f\u007f-\u009f]/;

/** Places of the segment that may match, newest first. */
export function* candidatesIn(
  segment: Segment,
  index: Pick<SearchIndex, "hashOf">,
  filter: Filter,
): Generator<number> {
  const from = Math.max(0, filter.after + 1 - segment.first);
  const to = Math.min(segment.count, filter.before - segment.first) - 1;
  if (from > to || !touches(segment, filter)) return;
  const blocks = blocksWith(segment, index, filter);
  if (blocks?.every((each) => each === 0) === true) return;
  const test = tester(segment, index, filter);
  for (let place = to; place >= from; place -= 1) {
    if (blocks && !hasBlock(blocks, place)) {
      place -= place % blockRecords;
      continue;
    }
    if (test(place)) yield place;
  }
}

/** Whether anything of it can lie in the filter's period. */
export function touches(segment: Segment, { fromMs, toMs }: Filter): boolean {
  if (fromMs === Number.NEGATIVE_INFINITY && toMs === Number.POSITIVE_INFINITY) return true;
  const { earliest, latest } = segment.times();
  return latest >= fromMs && earliest < toMs;
}

const hasBlock = (blocks: Uint32Array, place: number): boolean => {
  const block = blockOf(place);
  return ((blocks[block >>> 5] ?? 0) & (1 << (block & 31))) !== 0;
};

/** Undefined when nothing is asked for, or words too short to say anything. */
function blocksWith(
  segment: Segment,
  index: Pick<SearchIndex, "hashOf">,
  { words, values }: Filter,
): Uint32Array | undefined {
  let blocks: Uint32Array | undefined;
  const narrow = (slot: number) => {
    const having = segment.blocksOf(slot);
    blocks = blocks ? blocks.map((each, at) => each & (having[at] ?? 0)) : having.slice();
  };
  for (const [facet, value] of values)
    valueSlots(facets.indexOf(facet), index.hashOf(value), narrow);
  for (const word of words) eachSlot(word, narrow);
  return blocks;
}

/** By the columns alone; only those that the filter names are read. */
export function tester(
  segment: Segment,
  index: Pick<SearchIndex, "hashOf">,
  { action, outcome, fromMs, toMs, values }: Filter,
): (place: number) => boolean {
  const tests: ((place: number) => boolean)[] = [];
  for (const [facet, value] of values) {
    const [column, wanted] = [segment.numbers(facet), index.hashOf(value)];
    tests.push((place) => column[place] === wanted);
  }
  if (action !== undefined) {
    const column = segment.actions();
    tests.push((place) => column[place] === action);
  }
  if (outcome !== undefined) {
    const column = segment.outcomes();
    tests.push((place) => column[place] === outcome);
  }
  if (Number.isFinite(fromMs) || Number.isFinite(toMs)) {
    const column = segment.numbers("at");
    tests.push((place) => {
      const at = column[place] ?? 0;
      return at >= fromMs && at < toMs;
    });
  }
  const all = () => true;
  return tests.reduce((one, two) => (place) => one(place) && two(place), tests.pop() ?? all);
}
