/** Archives of formats that no free program writes, for tests: LHA level 0, Microsoft cabinet, a locked RAR. */
import { crc32 } from "node:zlib";

/** CRC-16 as LHA uses it. */
function crc16(data: Buffer): number {
  let crc = 0;
  for (const byte of data) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1;
  }
  return crc;
}

export function lzhOf(name: Buffer, data: Buffer): Buffer {
  const body = Buffer.alloc(20 + 1 + name.length + 2);
  body.write("-lh0-", 0, "latin1");
  body.writeUInt32LE(data.length, 5);
  body.writeUInt32LE(data.length, 9);
  body.writeUInt32LE(0x5a21_0000, 13);
  body.writeUInt8(0x20, 17);
  body.writeUInt8(0, 18);
  body.writeUInt8(name.length, 19);
  name.copy(body, 20);
  body.writeUInt16LE(crc16(data), 20 + name.length);
  const header = body.subarray(0, 22 + name.length);
  const sum = header.reduce((total, byte) => (total + byte) & 0xff, 0);
  return Buffer.concat([Buffer.from([header.length, sum]), header, data, Buffer.from([0])]);
}

export function cabOf(name: Buffer, data: Buffer): Buffer {
  const header = Buffer.alloc(36);
  const folder = Buffer.alloc(8);
  const file = Buffer.alloc(16 + name.length + 1);
  const block = Buffer.alloc(8);
  const filesAt = header.length + folder.length;
  const dataAt = filesAt + file.length;
  header.write("MSCF", 0, "latin1");
  header.writeUInt32LE(dataAt + block.length + data.length, 8);
  header.writeUInt32LE(filesAt, 16);
  header.writeUInt8(3, 24);
  header.writeUInt8(1, 25);
  header.writeUInt16LE(1, 26);
  header.writeUInt16LE(1, 28);
  folder.writeUInt32LE(dataAt, 0);
  folder.writeUInt16LE(1, 4);
  file.writeUInt32LE(data.length, 0);
  file.writeUInt16LE(0x5a21, 10);
  file.writeUInt16LE(0x20, 14);
  name.copy(file, 16);
  // A block checksum of zero says that there is none.
  block.writeUInt16LE(data.length, 4);
  block.writeUInt16LE(data.length, 6);
  return Buffer.concat([header, folder, file, block, data]);
}

/** A number of RAR 5: seven bits a byte, the lowest first. */
function vint(value: number): Buffer {
  const bytes: number[] = [];
  for (let left = value; ; left = Math.floor(left / 128)) {
    if (left < 128) return Buffer.from([...bytes, left]);
    bytes.push((left % 128) + 128);
  }
}

function rarHeader(fields: readonly (Buffer | number)[]): Buffer {
  const body = Buffer.concat(fields.map((each) => (typeof each === "number" ? vint(each) : each)));
  const sized = Buffer.concat([vint(body.length), body]);
  const sum = Buffer.alloc(4);
  sum.writeUInt32LE(crc32(sized));
  return Buffer.concat([sum, sized]);
}

interface RarMember {
  readonly name: Buffer;
  readonly data: Buffer;
  readonly method: number;
  /** Records behind the name. */
  readonly extra?: Buffer;
  readonly sum?: number;
}

/** RAR 5.0 archive format (https://www.rarlab.com/technote.htm): signature, main header, one file, end. */
function rar({ name, data, method, extra = Buffer.alloc(0), sum }: RarMember): Buffer {
  // A data area follows; an extra area and a checksum where there are.
  const flags = 2 | (extra.length > 0 ? 1 : 0);
  const fileFlags = sum === undefined ? 0 : 4;
  const check = Buffer.alloc(sum === undefined ? 0 : 4);
  if (sum !== undefined) check.writeUInt32LE(sum);
  const file = rarHeader([
    ...[2, flags, ...(extra.length > 0 ? [extra.length] : []), data.length],
    ...[fileFlags, sum === undefined ? 30 : data.length, 0o100644, check],
    ...[method << 7, 1, name.length, name, extra],
  ]);
  const signature = Buffer.from("Rar!\x1a\x07\x01\x00", "latin1");
  return Buffer.concat([signature, rarHeader([1, 0, 0]), file, data, rarHeader([5, 0, 0])]);
}

/** One file, stored as it is. */
export const rarOf = (name: string, data: Buffer): Buffer =>
  rar({ name: Buffer.from(name), data, method: 0, sum: crc32(data) });

/**
 * One file of thirty-two bytes that no password opens: nobody has the key that they were never encrypted with.
 * The extra record of type 1: AES-256, 2^15 rounds.
 */
export function lockedRar(): Buffer {
  const lock = Buffer.concat([vint(1), vint(0), vint(0), Buffer.from([15]), Buffer.alloc(32, 1)]);
  const extra = Buffer.concat([vint(lock.length), lock]);
  return rar({ name: Buffer.from("秘密.txt"), data: Buffer.alloc(32, 0x5a), method: 3, extra });
}
