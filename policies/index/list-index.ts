/**
 * A big list that is looked up in: fingerprints and places in memory, the entries themselves in
 * the snapshot file. A hit counts only after the entry was read and compared; a record that does not
 * belong where it was found means that the file is damaged, and throws.
 */
import { closeSync } from "node:fs";
import {
  bucketOf,
  flagExpires,
  type Footer,
  LabelMasks,
  printOf,
  recordHeaderBytes,
  slotsPerBucket,
} from "./format.ts";
import { type HashKey, hashKey, hashOf } from "./hash.ts";
import type { HostProbe } from "./probe.ts";
import { Records } from "./records.ts";

export interface IndexHit {
  readonly line: number;
  readonly expiresAt?: number;
}

const pairsPerBucket = slotsPerBucket / 2;

/** A request under way may still hold an index that is no longer in force; its file closes with it. */
const closing = new FinalizationRegistry<number>((fd) => closeSync(fd));

export class ListIndex {
  readonly entries: number;
  readonly sha256: string;
  readonly key: HashKey;
  readonly masks = new LabelMasks();
  readonly #buckets: number;
  readonly #prints: Uint16Array;
  /** The same, two at a time. */
  readonly #pairs: Uint32Array;
  readonly #records: Records;
  readonly #places: Uint32Array;

  /** Takes the file over. @param index the bytes between records and footer */
  constructor(sha256: string, fd: number, footer: Footer, index: ArrayBuffer, keys: KeyRing) {
    const slots = footer.buckets * slotsPerBucket;
    this.sha256 = sha256;
    this.entries = footer.entries;
    this.key = keys.same(footer.key);
    this.#records = new Records(fd, footer.recordsBytes);
    this.#buckets = footer.buckets;
    this.#places = new Uint32Array(index, 0, slots);
    this.#prints = new Uint16Array(index, slots * 4, slots);
    this.#pairs = new Uint32Array(index, slots * 4, slots / 2);
    const { exactLabels, suffixLabels, wildcardLabels } = footer;
    this.masks.join({ exact: exactLabels, suffix: suffixLabels, wildcard: wildcardLabels });
    closing.register(this, fd);
  }

  /**
   * An entry that has ended does not stand before an equal one that has not.
   *
   * @param at which of the probe's candidates
   * @param timeMs since the epoch
   */
  find(probe: HostProbe, at: number, timeMs: number): IndexHit | undefined {
    if (!this.masks.mayHold(at, probe.labels(at))) return undefined;
    probe.hash(this.key);
    const print = printOf(probe.hashB(at));
    const bucket = bucketOf(probe.hashA(at), this.#buckets);
    return this.#mayHold(bucket, print)
      ? this.#search(bucket, print, probe, at, timeMs)
      : undefined;
  }

  /**
   * Where most look-ups end. All fingerprints of the bucket are compared at once and without a branch for
   * each, which the processor would guess wrong. True also for a full bucket, behind which the next one goes on.
   */
  #mayHold(bucket: number, print: number): boolean {
    const pairs = this.#pairs;
    const from = bucket * pairsPerBucket;
    const wanted = print | (print << 16);
    let equal = 0;
    for (let at = from; at < from + pairsPerBucket; at++) {
      const difference = (pairs[at] ?? 0) ^ wanted;
      equal |= (difference - 0x0001_0001) & ~difference;
    }
    const last = (pairs[from + pairsPerBucket - 1] ?? 0) >>> 16;
    return (equal & 0x8000_8000) !== 0 || last !== 0;
  }

  #search(
    bucket: number,
    print: number,
    probe: HostProbe,
    at: number,
    timeMs: number,
  ): IndexHit | undefined {
    const prints = this.#prints;
    const slots = prints.length;
    let slot = bucket * slotsPerBucket;
    for (let looked = 0; looked < slots; looked++) {
      const found = prints[slot];
      if (found === 0) return undefined;
      if (found === print) {
        const hit = this.#verify(slot, probe, at);
        if (hit && lasts(hit, timeMs)) return hit;
      }
      // Behind the last slot of a full bucket the next one goes on; the last bucket goes on at the first.
      if (++slot === slots) slot = 0;
    }
    return undefined;
  }

  #verify(slot: number, probe: HostProbe, at: number): IndexHit | undefined {
    const { bytes, from, length } = this.#records.at(this.#places[slot] ?? 0);
    const name = from + recordHeaderBytes;
    if (probe.equals(at, bytes, name, length)) return hitOf(bytes, from, length);
    // Two names with one fingerprint are ordinary; a name that does not belong here is not.
    const { b } = hashOf(bytes.toString("latin1", name, name + length), this.key);
    if (printOf(b) !== printOf(probe.hashB(at))) throw new Error("list snapshot is damaged");
    return undefined;
  }
}

function hitOf(bytes: Buffer, from: number, length: number): IndexHit {
  const line = bytes.readUInt32LE(from + 1);
  if (((bytes[from + 5] ?? 0) & flagExpires) === 0) return { line };
  return { line, expiresAt: bytes.readDoubleLE(from + recordHeaderBytes + length) };
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
