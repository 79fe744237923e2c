/**
 * Columns of a run of records, as numbers: enough to say which of them a filter can mean, without reading
 * the records. Finished segments lie in one file each; the newest is in memory and grows.
 *
 * Values stand as 53-bit hashes, seeded anew for every index: nobody outside can make two hosts look like
 * one. What is found is always compared with the record itself.
 */
import { closeSync, fsyncSync, openSync, readSync, renameSync, writeSync } from "node:fs";
import { type Facet, facets, type Facts } from "./facts.ts";
import { eachSlot, slots, valueSlots } from "./grams.ts";

export const segmentRecords = 65_536;
/** Records that share their words' bits. */
export const blockRecords = 64;
const blocks = segmentRecords / blockRecords;
const wordsPerSlot = blocks / 32;

const columnNames = ["at", "bytes", ...facets] as const;
export type NumberColumn = (typeof columnNames)[number];
const numberBytes = segmentRecords * 8;

/** Layout of a file: the number columns, kinds, outcomes, then the bits of words, slot by slot. */
const offsets = new Map<string, number>(columnNames.map((name, at) => [name, at * numberBytes]));
const kindsAt = columnNames.length * numberBytes;
const slotsAt = kindsAt + 2 * segmentRecords;
export const segmentBytes = slotsAt + slots * (blocks / 8);

/** Milliseconds since 1970 of the earliest and the latest record. Clocks are set back: numbers say nothing of it. */
export interface Times {
  readonly earliest: number;
  readonly latest: number;
}

/** What both kinds of segment offer. The record at place p has number `first + p`. */
export interface Segment {
  readonly first: number;
  readonly count: number;
  times(): Times;
  numbers(column: NumberColumn): Float64Array;
  actions(): Uint8Array;
  outcomes(): Uint8Array;
  /** One bit per block that has the slot. */
  blocksOf(slot: number): Uint32Array;
}

/** The newest records, in memory. */
export class GrowingSegment implements Segment {
  readonly first: number;
  count = 0;
  readonly #bytes = new ArrayBuffer(segmentBytes);
  readonly #numbers: Readonly<Record<NumberColumn, Float64Array>>;
  readonly #actions = new Uint8Array(this.#bytes, kindsAt, segmentRecords);
  readonly #outcomes = new Uint8Array(this.#bytes, kindsAt + segmentRecords, segmentRecords);
  readonly #slots = new Uint32Array(this.#bytes, slotsAt);

  constructor(first: number) {
    this.first = first;
    const column = (name: NumberColumn) =>
      [name, new Float64Array(this.#bytes, offsets.get(name), segmentRecords)] as const;
    this.#numbers = Object.fromEntries(columnNames.map(column)) as Record<
      NumberColumn,
      Float64Array
    >;
  }

  get full(): boolean {
    return this.count === segmentRecords;
  }

  /** `words` in plain form. */
  add(facts: Facts, hashes: Readonly<Record<Facet, number>>, words: string): void {
    const place = this.count;
    this.#numbers.at[place] = facts.atMs;
    this.#numbers.bytes[place] = facts.bytes;
    for (const facet of facets) this.#numbers[facet][place] = hashes[facet];
    this.#actions[place] = facts.action;
    this.#outcomes[place] = facts.outcome;
    const block = Math.floor(place / blockRecords);
    const [word, bit] = [block >>> 5, 1 << (block & 31)];
    const put = (slot: number) => {
      const index = slot * wordsPerSlot + word;
      this.#slots[index] = (this.#slots[index] ?? 0) | bit;
    };
    eachSlot(words, put);
    for (const [kind, facet] of facets.entries())
      if (hashes[facet] !== 0) valueSlots(kind, hashes[facet], put);
    this.count += 1;
  }

  times(): Times {
    return timesOf(this.#numbers.at.subarray(0, this.count));
  }

  numbers(column: NumberColumn): Float64Array {
    return this.#numbers[column];
  }
  actions(): Uint8Array {
    return this.#actions;
  }
  outcomes(): Uint8Array {
    return this.#outcomes;
  }
  blocksOf(slot: number): Uint32Array {
    return this.#slots.subarray(slot * wordsPerSlot, (slot + 1) * wordsPerSlot);
  }

  /** The file appears whole or not at all. */
  save(path: string): void {
    const temporary = `${path}.new`;
    const file = openSync(temporary, "w", 0o600);
    try {
      writeSync(file, new Uint8Array(this.#bytes));
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, path);
  }
}

/** A finished segment; reads from its file what is asked for. */
export class FileSegment implements Segment, Disposable {
  readonly first: number;
  readonly count = segmentRecords;
  readonly #file: number;
  #times: Times | undefined;

  constructor(path: string, first: number) {
    this.first = first;
    this.#file = openSync(path, "r");
  }

  /** Looked for once: it takes reading a whole column. */
  times(): Times {
    return (this.#times ??= timesOf(this.numbers("at")));
  }

  numbers(column: NumberColumn): Float64Array {
    return new Float64Array(this.#read(offsets.get(column) ?? 0, numberBytes));
  }
  actions(): Uint8Array {
    return new Uint8Array(this.#read(kindsAt, segmentRecords));
  }
  outcomes(): Uint8Array {
    return new Uint8Array(this.#read(kindsAt + segmentRecords, segmentRecords));
  }
  blocksOf(slot: number): Uint32Array {
    const bytes = blocks / 8;
    return new Uint32Array(this.#read(slotsAt + slot * bytes, bytes));
  }

  #read(offset: number, length: number): ArrayBuffer {
    const bytes = new Uint8Array(length);
    // The file is as long as every segment, see save().
    readSync(this.#file, bytes, 0, length, offset);
    return bytes.buffer;
  }

  [Symbol.dispose](): void {
    closeSync(this.#file);
  }
}

function timesOf(at: Float64Array): Times {
  let [earliest, latest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const each of at) {
    if (each < earliest) earliest = each;
    if (each > latest) latest = each;
  }
  return { earliest, latest };
}
