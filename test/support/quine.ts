/**
 * A gzip that unpacks to itself, after the construction of Russ Cox, "Zip Files All The Way Down" (2010,
 * https://research.swtch.com/zip): a program of "copy the next n bytes" and "repeat the last n bytes" that
 * prints itself. Each instruction is a deflate block of five bytes (RFC 1951).
 */
import { crc32 } from "node:zlib";

const unit = 5;

/** Copy what follows, of so many bytes: a stored block. */
function copy(bytes: number): Buffer {
  const block = Buffer.alloc(unit);
  block.writeUInt16LE(bytes, 1);
  block.writeUInt16LE(bytes ^ 0xffff, 3);
  return block;
}

/** Bits as deflate packs them: the first one lowest. Codes are written from their highest bit on. */
class Bits {
  #bits: number[] = [];
  number(value: number, width: number): this {
    for (let at = 0; at < width; at += 1) this.#bits.push((value >> at) & 1);
    return this;
  }
  code(value: number, width: number): this {
    for (let at = width - 1; at >= 0; at -= 1) this.#bits.push((value >> at) & 1);
    return this;
  }
  bytes(): Buffer {
    const packed = Buffer.alloc(this.#bits.length / 8);
    this.#bits.forEach((bit, at) => (packed[at >> 3] = (packed[at >> 3] ?? 0) | (bit << (at & 7))));
    return packed;
  }
}

/** Repeat the last 17 to 20 bytes: a block of fixed codes with two matches, 40 bits in all. */
function repeat(bytes: number): Buffer {
  const bits = new Bits().number(0, 1).number(1, 2);
  // Lengths of 3 to 10 have codes of their own; distances of 17 to 24 share code 8 and have three bits more.
  for (const length of [bytes >> 1, bytes - (bytes >> 1)])
    bits
      .code(length - 2, 7)
      .code(8, 5)
      .number(bytes - 17, 3);
  return bits.code(0, 7).bytes();
}

/** With this where its checksum belongs. */
function withSum(sum: number, length: number): Buffer {
  // With a name, so that header and one instruction are twenty bytes: within what `repeat` can.
  const header = Buffer.from("1f8b0808000000000003", "hex");
  const head = Buffer.concat([header, Buffer.from("self\0", "latin1")]);
  const tail = Buffer.alloc(unit + 8);
  tail.set([1, 0, 0, 0xff, 0xff]);
  tail.writeUInt32LE(sum, unit);
  tail.writeUInt32LE(length, unit + 4);
  const [nothing, one, four] = [copy(0), copy(unit), copy(4 * unit)];
  const all = repeat(4 * unit);
  const [copyHead, copyTail] = [copy(head.length + unit), copy(unit + tail.length)];
  const [repeatHead, repeatTail] = [repeat(head.length + unit), repeat(unit + tail.length)];
  return Buffer.concat([
    ...[head, copyHead, head, copyHead, repeatHead],
    ...[one, repeatHead, one, one, four, repeatHead, one, one, four, all],
    ...[four, all, four, all, four, all, four, all, nothing, nothing, copyTail, all],
    ...[nothing, nothing, copyTail, repeatTail, tail, repeatTail, tail],
  ]);
}

/** The checksum stands in what it is the sum of: 32 equations of bits, solved by Gauss. */
function ownSum(length: number): number {
  const at = (sum: number): number => crc32(withSum(sum, length));
  const constant = at(0);
  const columns = Array.from(
    { length: 32 },
    (_, bit) => at((1 << bit) >>> 0) ^ constant ^ (1 << bit),
  );
  const rows = Array.from({ length: 32 }, (_, bit) => {
    const left = columns.map((column) => (column >>> bit) & 1);
    return [...left, (constant >>> bit) & 1];
  });
  for (let pivot = 0; pivot < 32; pivot += 1) {
    const found = rows.findIndex((row, index) => index >= pivot && row[pivot] === 1);
    const chosen = rows[found];
    if (!chosen) throw new Error("no sum of its own: give it another name");
    [rows[found], rows[pivot]] = [rows[pivot] ?? [], chosen];
    for (const row of rows)
      if (row !== chosen && row[pivot] === 1)
        chosen.forEach((bit, index) => (row[index] = (row[index] ?? 0) ^ bit));
  }
  return rows.reduce((sum, row, bit) => sum + (row[32] ?? 0) * 2 ** bit, 0);
}

export function gzipQuine(): Buffer {
  const { length } = withSum(0, 0);
  return withSum(ownSum(length), length);
}
