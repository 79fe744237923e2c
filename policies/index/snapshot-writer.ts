/** Streams the records of a list into a snapshot (format.ts), and keeps what its index is made of for the end. */
import { closeSync, fsyncSync, openSync, writeSync } from "node:fs";
import { createHash, type Hash } from "node:crypto";
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
import { dot, star } from "./plain-line.ts";

const bufferBytes = 4 * 1024 * 1024;
/**
 * What the index is made of is kept apart by the first bits of the bucket, so that filling the slots stays
 * within a part of them that the processor's cache holds.
 */
const partBits = 6;
const segmentEntries = 1 << 15;

interface Segment {
  readonly a: Uint32Array;
  readonly b: Uint16Array;
  readonly places: Uint32Array;
}

export class SnapshotWriter {
  readonly #fd: number;
  readonly #hash: Hash = createHash("sha256");
  readonly #buffer = Buffer.alloc(bufferBytes);
  /** By the first bits of `a`, each in the order of the lines. */
  readonly #parts: Segment[][] = Array.from({ length: 1 << partBits }, () => []);
  readonly #counts = new Uint32Array(1 << partBits);
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
    labels: number,
    line: number,
    expiresAt: number | undefined,
  ): void {
    if (this.#filled + maxRecordBytes > this.#buffer.length) this.#flush();
    const place = this.#written + this.#filled;
    if (place > 0xffffffff) throw new RangeError("list snapshot would be too large");
    this.#entries++;
    const part = a >>> (32 - partBits);
    const count = this.#counts[part] ?? 0;
    this.#counts[part] = count + 1;
    const at = count % segmentEntries;
    if (at === 0) this.#parts[part]?.push(newSegment());
    const segment = this.#parts[part]?.at(-1);
    if (!segment) throw new RangeError("segment");
    segment.a[at] = a;
    segment.b[at] = b;
    segment.places[at] = place;
    this.#noteForm(bytes[start], labels);
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

  #noteForm(first: number | undefined, labels: number): void {
    const bit = labelBit(labels);
    if (first === star) this.#labels.wildcardLabels |= bit;
    else if (first === dot) this.#labels.suffixLabels |= bit;
    else this.#labels.exactLabels |= bit;
  }

  /** Entries take the first free slot from their bucket on, equal ones in the order of their lines. */
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
    for (const [part, segments] of this.#parts.entries())
      for (const [index, segment] of segments.entries())
        work(segment, Math.min(segmentEntries, (this.#counts[part] ?? 0) - index * segmentEntries));
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

function newSegment(): Segment {
  return {
    a: new Uint32Array(segmentEntries),
    b: new Uint16Array(segmentEntries),
    places: new Uint32Array(segmentEntries),
  };
}
