/**
 * Finds the newest records that a filter means. The index says where to look; what is found is what the
 * record itself says. A search that has looked for its time stops and says how far back it came.
 */
import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { chainedRecord, type ChainedRecord } from "../chain.ts";
import { factsOf, plain } from "./facts.ts";
import { type Filter, matches } from "./filter.ts";
import { eachSlot } from "./grams.ts";
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

/** How long one page may look; what comes on top is a single record. */
export const searchMs = 700;
/** Looks at the clock once in so many records that were read. */
const readsPerLook = 64;

export function search(
  index: SearchIndex,
  database: DatabaseSync,
  filter: Filter,
  limit: number,
  budgetMs = searchMs,
): Found {
  const until = performance.now() + budgetMs;
  const read = database.prepare("SELECT record, hash FROM audit_records WHERE seq = ?");
  const records: FoundRecord[] = [];
  let reads = 0;
  for (const segment of index.segments()) {
    const candidates = candidatesIn(segment, index, filter);
    for (const place of candidates) {
      const seq = segment.first + place;
      const row = read.get(seq);
      // Deleted by retention, with everything before it.
      if (row === undefined) return { records, nextBefore: null, lookedBackTo: null };
      const found = matching(row, filter);
      if (found) {
        if (records.length === limit)
          return { records, nextBefore: records.at(-1)?.record.seq ?? null, lookedBackTo: null };
        records.push(found);
      }
      reads += 1;
      if (reads % readsPerLook === 0 && performance.now() > until) {
        const { at } = JSON.parse(recordRow.parse(row).record) as ChainedRecord;
        return { records, nextBefore: seq, lookedBackTo: at };
      }
    }
  }
  return { records, nextBefore: null, lookedBackTo: null };
}

function matching(row: unknown, filter: Filter): FoundRecord | undefined {
  const { record: text, hash } = recordRow.parse(row);
  // Most of what shares a block with a match has none of the words: seen in the text as it is.
  const whole = plain(text);
  if (!filter.words.every((word) => escaped.test(word) || whole.includes(word))) return undefined;
  const record = JSON.parse(text) as ChainedRecord;
  if (!matches(filter, factsOf(record), record.event)) return undefined;
  return { record: chainedRecord.parse(record), hash };
}

/** Characters that stand otherwise in JSON, and the "=" that only `wordsOf` puts between name and value. */
const escaped = /["\\=\u0000-\u001f\u007f-\u009f]/;

const recordRow = z.object({ record: z.string(), hash: z.string() });

/** Places of the segment that may match, newest first. */
export function* candidatesIn(
  segment: Segment,
  index: Pick<SearchIndex, "hashOf">,
  filter: Filter,
): Generator<number> {
  const from = Math.max(0, filter.after + 1 - segment.first);
  const to = Math.min(segment.count, filter.before - segment.first) - 1;
  if (from > to) return;
  const blocks = blocksWith(segment, filter.words);
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

const hasBlock = (blocks: Uint32Array, place: number): boolean => {
  const block = Math.floor(place / blockRecords);
  return ((blocks[block >>> 5] ?? 0) & (1 << (block & 31))) !== 0;
};

/** Undefined when the words are too short to say anything. */
function blocksWith(segment: Segment, words: readonly string[]): Uint32Array | undefined {
  let blocks: Uint32Array | undefined;
  for (const word of words)
    eachSlot(plain(word), (slot) => {
      const having = segment.blocksOf(slot);
      blocks = blocks ? blocks.map((each, at) => each & (having[at] ?? 0)) : having.slice();
    });
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
  const [one, two] = tests;
  if (!one) return () => true;
  if (!two) return one;
  return (place) => tests.every((test) => test(place));
}
