/**
 * The records of a list snapshot, read from its file. Advertising hosts are asked for again and again, so
 * those that were read lately are kept, byte for byte, in a table of fixed size: no strings, nothing for
 * the garbage collector, and a comparison with them is the same as one with the file.
 */
import { readSync } from "node:fs";
import { flagExpires, maxRecordBytes, recordHeaderBytes } from "./format.ts";

export interface Record {
  readonly bytes: Buffer;
  readonly from: number;
  /** Of the entry in it. */
  readonly length: number;
}

/** One line of the processor's cache; what is longer is read each time. */
const keptBytes = 64;
const ways = 2;
const sets = 1 << 14;
const none = 0xffffffff;

export class Records {
  readonly #fd: number;
  readonly #recordsBytes: number;
  readonly #kept = Buffer.alloc(sets * ways * keptBytes);
  /** Where in the file each kept record begins. */
  readonly #places = new Uint32Array(sets * ways).fill(none);
  readonly #long = Buffer.alloc(maxRecordBytes);
  #turn = 0;

  constructor(fd: number, recordsBytes: number) {
    this.#fd = fd;
    this.#recordsBytes = recordsBytes;
  }

  /** Good until the next call. Throws when the file does not hold a whole record there. */
  at(place: number): Record {
    const first = (Math.imul(place, 0x9e3779b1) >>> 18) * ways;
    const places = this.#places;
    const slot =
      places[first] === place ? first : places[first + 1] === place ? first + 1 : undefined;
    if (slot !== undefined) return this.#keptAt(slot);
    return this.#read(place, first + (this.#turn ^= 1));
  }

  #keptAt(slot: number): Record {
    const from = slot * keptBytes;
    return { bytes: this.#kept, from, length: this.#kept[from] ?? 0 };
  }

  #read(place: number, slot: number): Record {
    this.#places[slot] = none;
    const from = slot * keptBytes;
    const read = this.#readInto(this.#kept, from, keptBytes, place);
    if (read >= sizeOf(this.#kept, from)) {
      this.#places[slot] = place;
      return this.#keptAt(slot);
    }
    const all = this.#readInto(this.#long, 0, maxRecordBytes, place);
    if (all < sizeOf(this.#long, 0)) throw new Error("list snapshot is damaged");
    return { bytes: this.#long, from: 0, length: this.#long[0] ?? 0 };
  }

  #readInto(bytes: Buffer, from: number, most: number, place: number): number {
    const wanted = Math.min(most, this.#recordsBytes - place);
    return wanted > recordHeaderBytes ? readSync(this.#fd, bytes, from, wanted, place) : 0;
  }
}

/** What the header says that the record takes. */
function sizeOf(bytes: Buffer, from: number): number {
  const expires = ((bytes[from + 5] ?? 0) & flagExpires) !== 0;
  return recordHeaderBytes + (bytes[from] ?? 0) + (expires ? 8 : 0);
}
