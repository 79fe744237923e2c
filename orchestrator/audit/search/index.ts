/**
 * The segments over an audit log: brought up to date from the log, never the other way round. All of it can
 * be made anew: a folder that is missing, of another layout or another log is begun afresh.
 */
import { randomInt } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import type { ChainedRecord } from "../chain.ts";
import { auditActions, auditOutcomes } from "../events.ts";
import { type Facet, facets, factsOf, plain, wordsOf } from "./facts.ts";
import { hashValue } from "./hash.ts";
import {
  FileSegment,
  GrowingSegment,
  type Segment,
  segmentBytes,
  segmentRecords,
} from "./segment.ts";

/** Raised whenever facts, pieces of words or the layout of a segment change. */
const layout = 1;
const kinds = [...auditActions, ...auditOutcomes].join(" ");
const head = z.strictObject({
  layout: z.literal(layout),
  /** Segments hold places in these lists. */
  kinds: z.literal(kinds),
  seed: z.int(),
  /** Number and hash of the log's first record when the index was begun: another log has others. */
  first: z.int(),
  hash: z.string(),
});
type Head = z.infer<typeof head>;

const fileName = (first: number) => `${String(first).padStart(12, "0")}.segment`;

export class SearchIndex implements Disposable {
  readonly #folder: string;
  readonly #database: DatabaseSync;
  readonly #head: Head;
  readonly #finished: FileSegment[] = [];
  #growing: GrowingSegment;

  /** `folder` belongs to the index alone. */
  constructor(folder: string, database: DatabaseSync) {
    this.#folder = folder;
    this.#database = database;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#head = this.#open();
    this.#growing = new GrowingSegment(this.#begin());
  }

  /** Newest first. */
  segments(): readonly Segment[] {
    return [this.#growing, ...this.#finished.toReversed()];
  }

  get indexedUpTo(): number {
    return this.#growing.first + this.#growing.count - 1;
  }

  hashOf(value: string): number {
    return hashValue(plain(value), this.#head.seed);
  }

  /** Takes up to `most` further records of the log; how many it took. */
  catchUp(most: number): number {
    const rows = this.#rows(this.indexedUpTo, most);
    for (const [seq, text] of rows) {
      this.#add(seq, JSON.parse(text) as ChainedRecord);
    }
    return rows.length;
  }

  /** Forgets the segments of which nothing is left in the log. */
  forget(upTo: number): void {
    while (this.#finished[0] && this.#finished[0].first + segmentRecords - 1 <= upTo) {
      const [gone] = this.#finished.splice(0, 1);
      gone?.[Symbol.dispose]();
      if (gone) rmSync(join(this.#folder, fileName(gone.first)), { force: true });
    }
  }

  [Symbol.dispose](): void {
    for (const each of this.#finished) each[Symbol.dispose]();
  }

  #add(seq: number, record: ChainedRecord): void {
    if (this.#growing.full || seq !== this.indexedUpTo + 1) this.#next(seq);
    const facts = factsOf(record);
    const hashes = {} as Record<Facet, number>;
    for (const facet of facets) hashes[facet] = this.hashOf(facts.values[facet]);
    this.#growing.add(facts, hashes, wordsOf(record.event));
  }

  #next(seq: number): void {
    const { first, full } = this.#growing;
    if (full) {
      const path = join(this.#folder, fileName(first));
      this.#growing.save(path);
      this.#finished.push(new FileSegment(path, first));
    }
    this.#growing = new GrowingSegment(seq);
  }

  #rows(after: number, most: number): readonly [number, string][] {
    const statement = this.#database.prepare(
      "SELECT seq, record FROM audit_records WHERE seq > ? ORDER BY seq LIMIT ?",
    );
    statement.setReturnArrays(true);
    return statement.all(after, most) as unknown as [number, string][];
  }

  #open(): Head {
    const path = join(this.#folder, "index.json");
    const now = this.#oldest();
    const known = readHead(path);
    if (known && this.#isOfThisLog(known)) return known;
    for (const each of readdirSync(this.#folder)) rmSync(join(this.#folder, each));
    const made: Head = { layout, kinds, seed: randomInt(2 ** 31), ...now };
    writeFileSync(path, JSON.stringify(made), { mode: 0o600 });
    return made;
  }

  /** Retention takes the oldest away: then the numbers have to have gone on. */
  #isOfThisLog({ first, hash }: Head): boolean {
    const found = this.#database.prepare("SELECT hash FROM audit_records WHERE seq = ?").get(first);
    return found === undefined ? this.#oldest().first > first : found["hash"] === hash;
  }

  #oldest(): Pick<Head, "first" | "hash"> {
    const sql = "SELECT seq, hash FROM audit_records ORDER BY seq LIMIT 1";
    const found = oldestRow.safeParse(this.#database.prepare(sql).get());
    return found.success
      ? { first: found.data.seq, hash: found.data.hash }
      : { first: 1, hash: "" };
  }

  /** Takes the finished segments that follow each other without a gap; where the next one begins. */
  #begin(): number {
    let next: number | undefined;
    for (const name of readdirSync(this.#folder).sort()) {
      if (!name.endsWith(".segment")) continue;
      const first = Number.parseInt(name, 10);
      const path = join(this.#folder, name);
      if (statSync(path).size !== segmentBytes || (next !== undefined && first !== next)) break;
      this.#finished.push(new FileSegment(path, first));
      next = first + segmentRecords;
    }
    return next ?? this.#oldest().first;
  }
}

const oldestRow = z.object({ seq: z.number(), hash: z.string() });

function readHead(path: string): Head | undefined {
  try {
    return head.safeParse(JSON.parse(readFileSync(path, "utf8"))).data;
  } catch {
    // Missing or half-written: begun afresh.
    return undefined;
  }
}
