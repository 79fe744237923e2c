/**
 * A big list that is looked up in: fingerprints and places in memory, the entries themselves in
 * the snapshot file. A hit counts only after the entry was read and compared; a record that does not
 * belong where it was found means that the file is damaged, and throws.
 */
import { closeSync, readSync } from "node:fs";
import {
  bucketOf,
  flagExpires,
  type Footer,
  labelBit,
  maxRecordBytes,
  printOf,
  recordHeaderBytes,
  slotsPerBucket,
} from "./format.ts";
import { type HashKey, hashKey, hashOf } from "./hash.ts";
import type { HostProbe } from "./probe.ts";

export interface IndexHit {
  readonly line: number;
  readonly expiresAt?: number;
}

/** A request under way may still hold an index that is no longer in force; its file closes with it. */
const closing = new FinalizationRegistry<number>((fd) => closeSync(fd));

/** Advertising hosts are asked for again and again: entries that were compared once are kept. */
const mostRecent = 8192;

const record = Buffer.alloc(maxRecordBytes);

export class ListIndex {
  readonly entries: number;
  readonly sha256: string;
  readonly key: HashKey;
  readonly #fd: number;
  readonly #footer: Footer;
  readonly #prints: Uint16Array;
  readonly #recent = new Map<string, IndexHit>();
  readonly #places: Uint32Array;

  /** Takes the file over. @param index the bytes between records and footer */
  constructor(sha256: string, fd: number, footer: Footer, index: ArrayBuffer, keys: KeyRing) {
    const slots = footer.buckets * slotsPerBucket;
    this.sha256 = sha256;
    this.entries = footer.entries;
    this.key = keys.same(footer.key);
    this.#fd = fd;
    this.#footer = footer;
    this.#places = new Uint32Array(index, 0, slots);
    this.#prints = new Uint16Array(index, slots * 4, slots);
    closing.register(this, fd);
  }

  /**
   * An entry that has ended does not stand before an equal one that has not.
   *
   * @param at which of the probe's candidates
   * @param timeMs since the epoch
   */
  find(probe: HostProbe, at: number, timeMs: number): IndexHit | undefined {
    if ((this.#labelsLike(probe, at) & labelBit(probe.labels(at))) === 0) return undefined;
    probe.hash(this.key);
    const print = printOf(probe.hashB(at));
    const prints = this.#prints;
    const slots = prints.length;
    let slot = bucketOf(probe.hashA(at), this.#footer.buckets) * slotsPerBucket;
    for (let looked = 0; looked < slots; looked++) {
      const found = prints[slot];
      if (found === 0) return undefined;
      if (found === print) {
        const hit = this.#recentHit(probe, at, timeMs) ?? this.#verify(slot, probe, at);
        if (hit && lasts(hit, timeMs)) {
          this.#remember(probe.candidate(at), hit);
          return hit;
        }
      }
      // Behind the last slot of a full bucket the next one goes on; the last bucket goes on at the first.
      if (++slot === slots) slot = 0;
    }
    return undefined;
  }

  #labelsLike(probe: HostProbe, at: number): number {
    if (at === 0) return this.#footer.exactLabels;
    return probe.isWildcard(at) ? this.#footer.wildcardLabels : this.#footer.suffixLabels;
  }

  #recentHit(probe: HostProbe, at: number, timeMs: number): IndexHit | undefined {
    const known = this.#recent.get(probe.candidate(at));
    return known && lasts(known, timeMs) ? known : undefined;
  }

  #remember(candidate: string, hit: IndexHit): void {
    if (this.#recent.get(candidate) === hit) return;
    if (this.#recent.size >= mostRecent) this.#recent.clear();
    this.#recent.set(candidate, hit);
  }

  #verify(slot: number, probe: HostProbe, at: number): IndexHit | undefined {
    const place = this.#places[slot] ?? 0;
    const wanted = Math.min(maxRecordBytes, this.#footer.recordsBytes - place);
    const read = wanted > 0 ? readSync(this.#fd, record, 0, wanted, place) : 0;
    const length = record[0] ?? 0;
    if (read < recordHeaderBytes + length) throw new Error("list snapshot is damaged");
    if (probe.equals(at, record, recordHeaderBytes, length)) return hitOf(length);
    // Two names with one fingerprint are ordinary; a name that does not belong here is not.
    const { b } = hashOf(
      record.toString("latin1", recordHeaderBytes, recordHeaderBytes + length),
      this.key,
    );
    if (printOf(b) !== printOf(probe.hashB(at))) throw new Error("list snapshot is damaged");
    return undefined;
  }
}

/** Of the record that was read last. */
function hitOf(length: number): IndexHit {
  const line = record.readUInt32LE(1);
  const expires = ((record[5] ?? 0) & flagExpires) !== 0;
  return expires ? { line, expiresAt: record.readDoubleLE(recordHeaderBytes + length) } : { line };
}

const lasts = ({ expiresAt }: IndexHit, timeMs: number): boolean =>
  expiresAt === undefined || timeMs < expiresAt;

/** One object per key, so that a host is hashed once for all lists. */
export class KeyRing {
  readonly #keys = new Map<string, HashKey>();

  same(bytes: Uint8Array): HashKey {
    const name = Buffer.from(bytes).toString("hex");
    const known = this.#keys.get(name) ?? hashKey(bytes);
    this.#keys.set(name, known);
    return known;
  }
}
