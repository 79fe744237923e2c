/**
 * From a big list file to a snapshot, in one pass over its bytes. Lines that are plainly canonical names
 * (nearly all of them) never become strings; all others go through the same parser as small lists.
 *
 * Written beside its name, flushed and renamed: a snapshot that has its name is whole.
 */
import { closeSync, fsyncSync, openSync, readSync, renameSync, rmSync, writeSync } from "node:fs";
import { createHash, type Hash } from "node:crypto";
import { join } from "node:path";
import { mayBeWide, sharedNames, widthOf } from "../compile/broad.ts";
import type { LineFormat } from "../compiled.ts";
import { isOurs, readForeignLine } from "../exchange/line-formats.ts";
import type { ListLine } from "../list-line.ts";
import type { Problem } from "../problem.ts";
import { maxProblems } from "../read-list.ts";
import { endOfDay } from "../time-window.ts";
import {
  bucketOf,
  bucketsFor,
  encodeFooter,
  flagExpires,
  labelBit,
  maxRecordBytes,
  printOf,
  recordHeaderBytes,
  slotsPerBucket,
} from "./format.ts";
import { finish, type HashKey, hashKey, hashOf, stepA, stepB } from "./hash.ts";
import { snapshotFile } from "./open.ts";

export interface BuildRequest {
  /** The list as it lies on disk, and as messages name it. */
  readonly source: string;
  readonly name: string;
  readonly folder: string;
  readonly key: Uint8Array;
  readonly tz: string;
  readonly formats: readonly LineFormat[];
}

export interface Extra {
  readonly entry: string;
  readonly line: number;
  readonly expiresAt?: number;
}

export interface BuiltIndex {
  readonly sha256: string;
  readonly entries: number;
  /** What is no plain name (exceptions, ranges, URL beginnings): kept beside the index, exactly. */
  readonly extras: readonly Extra[];
  readonly problems: readonly Problem[];
  /** Suffixes that cover more than one owner's names (compile/broad.ts); the first ones. */
  readonly wide: readonly { readonly entry: string; readonly line: number }[];
}

const partBytes = 4 * 1024 * 1024;
/** A line longer than this is no list entry with a comment. */
const maxLineBytes = 4096;
const maxExtras = 100_000;
const mostWide = 50;
const segmentEntries = 1 << 20;

/** Synchronous: callers that must not stand still run it in a worker (build-worker.ts). */
export function buildIndex(request: BuildRequest): BuiltIndex {
  const draft = join(request.folder, `.draft-${process.pid}-${crypto.randomUUID()}`);
  const out = new SnapshotWriter(draft);
  try {
    const reader = new ListReader(request, out);
    reader.readAll();
    const { extras, problems, wide } = reader;
    if (problems.length > 0) return { sha256: "", entries: 0, extras: [], problems, wide: [] };
    const { sha256, entries } = out.finish(request.key);
    renameSync(draft, snapshotFile(request.folder, sha256));
    return { sha256, entries, extras, problems, wide };
  } finally {
    out.close();
    rmSync(draft, { force: true });
  }
}

/** 1: may stand inside a label, 2: dot, 3: newline, 0: anything that needs a closer look. */
const kinds = new Uint8Array(256);
for (const character of "abcdefghijklmnopqrstuvwxyz0123456789-") kinds[character.charCodeAt(0)] = 1;
kinds[46] = 2;
kinds[10] = 3;
const hyphen = 45;
const star = 42;
const dot = 46;

class ListReader {
  readonly extras: Extra[] = [];
  readonly problems: Problem[] = [];
  readonly wide: { readonly entry: string; readonly line: number }[] = [];
  readonly #shared: ReadonlySet<number>;
  readonly #request: BuildRequest;
  readonly #out: SnapshotWriter;
  readonly #key: HashKey;
  readonly #decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: false });
  /** In a hosts file a bare name is no entry; in all others it is what it seems. */
  readonly #takesPlain: boolean;
  #line = 0;

  constructor(request: BuildRequest, out: SnapshotWriter) {
    this.#request = request;
    this.#out = out;
    const key = hashKey(request.key);
    this.#key = key;
    this.#shared = new Set(
      sharedNames.flatMap((name) => [`.${name}`, `*.${name}`]).map((name) => hashOf(name, key).a),
    );
    this.#takesPlain =
      isOurs(request.formats) ||
      request.formats.some((each) => each === "domains" || each === "squid");
  }

  readAll(): void {
    const fd = openSync(this.#request.source, "r");
    try {
      const part = Buffer.alloc(partBytes + maxLineBytes);
      let kept = 0;
      for (;;) {
        const read = readSync(fd, part, kept, partBytes, null);
        const end = kept + read;
        const last = read === 0;
        const used = this.#takeLines(part, last ? this.#withNewline(part, end) : end);
        if (last || this.problems.length >= maxProblems) return;
        kept = end - used;
        if (kept > maxLineBytes) {
          this.#line++;
          return this.#problem(0, ...tooLong);
        }
        part.copyWithin(0, used, end);
      }
    } finally {
      closeSync(fd);
    }
  }

  /** The last line may lack its newline. */
  #withNewline(part: Buffer, end: number): number {
    if (end === 0) return 0;
    part[end] = 10;
    return end + 1;
  }

  /** Returns how far it came: the start of the line that is not complete yet. */
  #takeLines(part: Buffer, end: number): number {
    let start = 0;
    while (start < end) {
      const plain = this.#takesPlain ? plainLength(part, start, end) : 0;
      if (plain > 0) {
        this.#line++;
        this.#takePlain(part, start, plain);
        start += plain + 1;
        continue;
      }
      const newline = part.indexOf(10, start);
      if (newline === -1 || newline >= end) break;
      this.#line++;
      this.#takeOther(part.subarray(start, newline));
      if (this.problems.length >= maxProblems) break;
      start = newline + 1;
    }
    return start;
  }

  #takePlain(part: Buffer, start: number, length: number): void {
    const { factorA, factorB, seedA, seedB } = this.#key;
    let a = seedA;
    let b = seedB;
    for (let i = start + length - 1; i >= start; i--) {
      const code = part[i] ?? 0;
      a = stepA(a, code, factorA);
      b = stepB(b, code, factorB);
    }
    const hash = finish(a);
    const first = part[start];
    if (first === dot || first === star) this.#noteWide(hash, part, start, length);
    this.#out.add(hash, finish(b), part, start, length, this.#line, undefined);
  }

  /** Bounded work: nearly all entries are put aside by the length of a label or by their hash. */
  #noteWide(hash: number, bytes: Buffer, start: number, length: number): void {
    if (this.wide.length >= mostWide) return;
    const label = bytes[start] === star ? start + 2 : start + 1;
    const end = start + length;
    const next = bytes.indexOf(dot, label);
    const labelLength = (next === -1 || next > end ? end : next) - label;
    if (!mayBeWide(labelLength) && !this.#shared.has(hash)) return;
    const entry = bytes.toString("latin1", start, end);
    if (widthOf(entry) !== undefined) this.wide.push({ entry, line: this.#line });
  }

  #takeOther(bytes: Buffer): void {
    const raw = this.#decode(bytes);
    if (raw === undefined) return;
    const text = raw.replace(/\r$/, "").replace(/^\ufeff/, "");
    const parsed = readForeignLine(text, this.#request.formats);
    if (parsed.kind === "problem") return this.#problem(parsed.at, parsed.ja, parsed.en);
    if (parsed.kind === "entries") for (const line of parsed.lines) this.#takeEntry(line);
  }

  #takeEntry({ entry, expires }: ListLine): void {
    const expiresAt = expires === undefined ? undefined : endOfDay(expires, this.#request.tz);
    if (/^!|\//.test(entry)) return this.#extra(entry, expiresAt);
    const { a, b } = hashOf(entry, this.#key);
    const text = Buffer.from(entry, "latin1");
    if (/^\*?\./.test(entry)) this.#noteWide(a, text, 0, text.length);
    this.#out.add(a, b, text, 0, text.length, this.#line, expiresAt);
  }

  #decode(bytes: Buffer): string | undefined {
    try {
      return this.#decoder.decode(bytes);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      this.#problem(0, ...notUtf8);
      return undefined;
    }
  }

  #extra(entry: string, expiresAt: number | undefined): void {
    if (this.extras.length >= maxExtras) return this.#problem(0, ...tooManyExtras);
    const line = this.#line;
    this.extras.push({ entry, line, ...(expiresAt !== undefined && { expiresAt }) });
  }

  #problem(at: number, ja: string, en: string): void {
    const line = Math.max(1, this.#line);
    this.problems.push({ file: this.#request.name, line, column: at + 1, ja, en });
  }
}

export const notUtf8 = [
  "UTF-8 ではない文字があります (Shift_JIS で保存していませんか)。UTF-8 で保存し直してください。",
  "This is not UTF-8 (perhaps Shift_JIS); save the file again as UTF-8.",
] as const;
const tooLong = [
  "1 行が長すぎます。1 行に 1 つの項目を書いてください。",
  "A line is too long; write one entry per line.",
] as const;
const tooManyExtras = [
  `例外・範囲・URL の項目が多すぎます (上限 ${maxExtras} 件)。リストを分けてください。`,
  `There are more than ${maxExtras} exceptions, ranges and URL entries; split the list.`,
] as const;

/**
 * Length of the line at `start` when it is nothing but a canonical name of two labels or more whose last
 * label begins with a letter; 0 when it needs a closer look or is not complete.
 */
function plainLength(bytes: Buffer, start: number, end: number): number {
  let label = start;
  let labels = 0;
  let i = start;
  if (bytes[i] === star && bytes[i + 1] === dot) label = i += 2;
  else if (bytes[i] === dot) label = i += 1;
  for (; i < end; i++) {
    const kind = kinds[bytes[i] ?? 0];
    if (kind === 1) continue;
    if (kind === 0) return 0;
    const length = i - label;
    if (length === 0 || length > 63) return 0;
    if (bytes[label] === hyphen || bytes[i - 1] === hyphen) return 0;
    // "xn--" and the like in the third and fourth place are A-labels, which have to be decoded.
    if (length > 3 && bytes[label + 2] === hyphen && bytes[label + 3] === hyphen) return 0;
    labels++;
    if (kind === 3) break;
    label = i + 1;
  }
  const first = bytes[label] ?? 0;
  const isName = i < end && labels > 1 && first >= 97 && first <= 122 && i - start <= 253;
  return isName && !isLocalhost(bytes, label, i) ? i - start : 0;
}

function isLocalhost(bytes: Buffer, start: number, end: number): boolean {
  return end - start === 9 && bytes.toString("latin1", start, end) === "localhost";
}

interface Segment {
  readonly a: Uint32Array;
  readonly b: Uint16Array;
  readonly places: Uint32Array;
}

/** Streams the records out and keeps what the index is made of at the end. */
class SnapshotWriter {
  readonly #fd: number;
  readonly #hash: Hash = createHash("sha256");
  readonly #buffer = Buffer.alloc(partBytes);
  readonly #segments: Segment[] = [];
  #segment: Segment | undefined;
  #filled = 0;
  #written = 0;
  #entries = 0;
  readonly #labels = { exactLabels: 0, suffixLabels: 0, wildcardLabels: 0 };

  constructor(path: string) {
    this.#fd = openSync(path, "wx", 0o644);
  }

  add(
    a: number,
    b: number,
    bytes: Buffer,
    start: number,
    length: number,
    line: number,
    expiresAt: number | undefined,
  ): void {
    if (this.#filled + maxRecordBytes > this.#buffer.length) this.#flush();
    const place = this.#written + this.#filled;
    if (place > 0xffffffff) throw new RangeError("list snapshot would be too large");
    const at = this.#entries++ % segmentEntries;
    if (at === 0) this.#newSegment();
    const segment = this.#segment;
    if (!segment) throw new RangeError("segment");
    segment.a[at] = a;
    segment.b[at] = b;
    segment.places[at] = place;
    this.#noteForm(bytes, start, length);
    const out = this.#buffer;
    let to = this.#filled;
    out[to] = length;
    out[to + 1] = line;
    out[to + 2] = line >>> 8;
    out[to + 3] = line >>> 16;
    out[to + 4] = line >>> 24;
    out[to + 5] = expiresAt === undefined ? 0 : flagExpires;
    to += recordHeaderBytes;
    for (let i = 0; i < length; i++) out[to + i] = bytes[start + i] ?? 0;
    to += length;
    if (expiresAt !== undefined) to = out.writeDoubleLE(expiresAt, to);
    this.#filled = to;
  }

  finish(key: Uint8Array): { sha256: string; entries: number } {
    this.#flush();
    const recordsBytes = this.#written;
    const padding = (8 - (recordsBytes % 8)) % 8;
    this.#write(Buffer.alloc(padding));
    const entries = this.#entries;
    const buckets = bucketsFor(entries);
    for (const part of this.#index(buckets)) this.#write(part);
    this.#write(
      encodeFooter({
        ...{ entries, buckets, ...this.#labels, recordsBytes, key },
        indexAt: recordsBytes + padding,
      }),
    );
    fsyncSync(this.#fd);
    return { sha256: this.#hash.digest("hex"), entries };
  }

  close(): void {
    closeSync(this.#fd);
  }

  #newSegment(): void {
    this.#segment = {
      a: new Uint32Array(segmentEntries),
      b: new Uint16Array(segmentEntries),
      places: new Uint32Array(segmentEntries),
    };
    this.#segments.push(this.#segment);
  }

  #noteForm(bytes: Buffer, start: number, length: number): void {
    let dots = 0;
    for (let i = 0; i < length; i++) if (bytes[start + i] === dot) dots++;
    const first = bytes[start];
    // The dot in front belongs to the form, not to the name.
    const bit = labelBit(first === star || first === dot ? dots : dots + 1);
    if (first === star) this.#labels.wildcardLabels |= bit;
    else if (first === dot) this.#labels.suffixLabels |= bit;
    else this.#labels.exactLabels |= bit;
  }

  /** Entries take the first free slot from their bucket on, in the order of their lines. */
  #index(buckets: number): [Uint32Array, Uint16Array] {
    const slots = buckets * slotsPerBucket;
    const places = new Uint32Array(slots);
    const prints = new Uint16Array(slots);
    const filled = new Uint8Array(buckets);
    this.#eachSegment(({ a, b, places: from }, count) => {
      for (let i = 0; i < count; i++) {
        let bucket = bucketOf(a[i] ?? 0, buckets);
        while (filled[bucket] === slotsPerBucket) bucket = bucket + 1 === buckets ? 0 : bucket + 1;
        const taken = filled[bucket] ?? 0;
        filled[bucket] = taken + 1;
        const slot = bucket * slotsPerBucket + taken;
        places[slot] = from[i] ?? 0;
        prints[slot] = printOf(b[i] ?? 0);
      }
    });
    return [places, prints];
  }

  #eachSegment(work: (segment: Segment, count: number) => void): void {
    for (const [index, segment] of this.#segments.entries())
      work(segment, Math.min(segmentEntries, this.#entries - index * segmentEntries));
  }

  #flush(): void {
    this.#write(this.#buffer.subarray(0, this.#filled));
    this.#filled = 0;
  }

  #write(part: ArrayBufferView): void {
    const bytes = new Uint8Array(part.buffer, part.byteOffset, part.byteLength);
    this.#hash.update(bytes);
    for (let at = 0; at < bytes.length; ) at += writeSync(this.#fd, bytes, at);
    this.#written += bytes.length;
  }
}
