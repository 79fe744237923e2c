/**
 * Strict reader of a zip's central directory: own code, so that what zip.js reads or our writer wrote can
 * be checked by a second parser. Refuses whatever two readers could read differently: data before or
 * after the archive, several end records, overlapping members, names that differ between local header
 * and directory, several disks. Never unpacks. Pure.
 */
import { Refusal } from "../context.ts";
import { decodeMemberName, type NameEncoding } from "./member-name.ts";

export interface ZipEntry {
  readonly name: string;
  readonly nameEncoding: NameEncoding;
  readonly encrypted: boolean;
  readonly method: number;
  readonly crc32: number;
  readonly packedBytes: number;
  /** What the directory declares; reading enforces it. */
  readonly sizeBytes: number;
  readonly directory: boolean;
  readonly symlink: boolean;
  readonly dataOffset: number;
  /** MS-DOS time (low) and date (high). */
  readonly dosTime: number;
}

export interface ZipDirectory {
  readonly entries: readonly ZipEntry[];
  readonly packedBytes: number;
  readonly sizeBytes: number;
}

const endSignature = 0x06054b50;
const end64Signature = 0x06064b50;
const end64LocatorSignature = 0x07064b50;
const centralSignature = 0x02014b50;
const localSignature = 0x04034b50;
const endBytes = 22;
const centralBytes = 46;
const localBytes = 30;
const maxComment = 65_535;
/** Directory entries looked at before the reader gives up; the job's own limit is lower. */
const entryCeiling = 200_000;

const malformed = (detail: string): Refusal => new Refusal("blocked", "archive-malformed", detail);

function safeNumber(value: bigint): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw malformed("64-bit size");
  return Number(value);
}

function findEnd(bytes: Buffer): number {
  const from = Math.max(0, bytes.length - endBytes - maxComment);
  for (let at = bytes.length - endBytes; at >= from; at -= 1) {
    if (bytes.readUInt32LE(at) !== endSignature) continue;
    if (at + endBytes + bytes.readUInt16LE(at + 20) !== bytes.length) continue;
    return at;
  }
  throw malformed("no end record");
}

interface End {
  readonly count: number;
  readonly size: number;
  readonly offset: number;
  /** Where the directory must stop: the first end record. */
  readonly stop: number;
}

function readEnd(bytes: Buffer): End {
  const at = findEnd(bytes);
  if (bytes.readUInt16LE(at + 4) !== 0 || bytes.readUInt16LE(at + 6) !== 0)
    throw malformed("several disks");
  const locator = at - 20;
  if (locator >= 0 && bytes.readUInt32LE(locator) === end64LocatorSignature) {
    const at64 = safeNumber(bytes.readBigUInt64LE(locator + 8));
    if (at64 + 56 > locator || bytes.readUInt32LE(at64) !== end64Signature)
      throw malformed("zip64 end record");
    return {
      count: safeNumber(bytes.readBigUInt64LE(at64 + 32)),
      size: safeNumber(bytes.readBigUInt64LE(at64 + 40)),
      offset: safeNumber(bytes.readBigUInt64LE(at64 + 48)),
      stop: at64,
    };
  }
  return {
    count: bytes.readUInt16LE(at + 10),
    size: bytes.readUInt32LE(at + 12),
    offset: bytes.readUInt32LE(at + 16),
    stop: at,
  };
}

interface Sizes {
  packed: number;
  size: number;
  offset: number;
}

/** Fields that read 0xffffffff stand in the zip64 extra field, in this order and only those. */
function applyZip64(extra: Buffer, sizes: Sizes): void {
  const missing = (["size", "packed", "offset"] as const).filter(
    (key) => sizes[key] === 0xffffffff,
  );
  if (missing.length === 0) return;
  for (let at = 0; at + 4 <= extra.length; ) {
    const length = extra.readUInt16LE(at + 2);
    if (extra.readUInt16LE(at) === 1) {
      let field = at + 4;
      for (const key of missing) {
        if (field + 8 > extra.length) throw malformed("zip64 field");
        sizes[key] = safeNumber(extra.readBigUInt64LE(field));
        field += 8;
      }
      return;
    }
    at += 4 + length;
  }
  throw malformed("zip64 field missing");
}

function dataOffsetOf(bytes: Buffer, offset: number, rawName: Buffer): number {
  if (offset + localBytes > bytes.length || bytes.readUInt32LE(offset) !== localSignature)
    throw malformed("local header");
  const nameLength = bytes.readUInt16LE(offset + 26);
  const extraLength = bytes.readUInt16LE(offset + 28);
  const name = bytes.subarray(offset + localBytes, offset + localBytes + nameLength);
  if (!name.equals(rawName)) throw malformed("names differ");
  return offset + localBytes + nameLength + extraLength;
}

function isSymlink(madeBy: number, external: number): boolean {
  const unix = madeBy >> 8 === 3;
  return unix && ((external >>> 16) & 0o170000) === 0o120000;
}

interface Located {
  readonly entry: ZipEntry;
  readonly next: number;
  readonly start: number;
}

function readCentral(bytes: Buffer, at: number, stop: number): Located {
  if (at + centralBytes > stop || bytes.readUInt32LE(at) !== centralSignature)
    throw malformed("directory entry");
  const flags = bytes.readUInt16LE(at + 8);
  const nameLength = bytes.readUInt16LE(at + 28);
  const extraLength = bytes.readUInt16LE(at + 30);
  const next = at + centralBytes + nameLength + extraLength + bytes.readUInt16LE(at + 32);
  if (next > stop) throw malformed("directory entry length");
  const rawName = bytes.subarray(at + centralBytes, at + centralBytes + nameLength);
  const extra = bytes.subarray(
    at + centralBytes + nameLength,
    at + centralBytes + nameLength + extraLength,
  );
  const sizes: Sizes = {
    packed: bytes.readUInt32LE(at + 20),
    size: bytes.readUInt32LE(at + 24),
    offset: bytes.readUInt32LE(at + 42),
  };
  applyZip64(extra, sizes);
  const { name, encoding } = decodeMemberName(rawName, (flags & 0x800) !== 0);
  const entry: ZipEntry = {
    name,
    nameEncoding: encoding,
    encrypted: (flags & 0x2041) !== 0,
    method: bytes.readUInt16LE(at + 10),
    dosTime: bytes.readUInt32LE(at + 12),
    crc32: bytes.readUInt32LE(at + 16),
    packedBytes: sizes.packed,
    sizeBytes: sizes.size,
    directory: name.endsWith("/"),
    symlink: isSymlink(bytes.readUInt16LE(at + 4), bytes.readUInt32LE(at + 38)),
    dataOffset: dataOffsetOf(bytes, sizes.offset, rawName),
  };
  return { entry, next, start: sizes.offset };
}

/** Members in order of their place must follow each other without sharing a byte, from the very first one. */
function checkPlaces(located: readonly Located[], directoryStart: number): void {
  const inOrder = [...located].sort((a, b) => a.start - b.start);
  if ((inOrder[0]?.start ?? 0) !== 0) throw malformed("data before the archive");
  let free = 0;
  for (const { entry, start } of inOrder) {
    if (start < free) throw malformed("overlapping members");
    free = entry.dataOffset + entry.packedBytes;
    if (free > directoryStart) throw malformed("member beyond the directory");
  }
}

/**
 * Without the end of a line behind the last record: version control and mail put one there. Anything else that stands
 * behind it makes a zip that two readers could read differently.
 */
export function trimmedZip(bytes: Buffer): Buffer {
  const tail = /[\r\n]{1,2}$/.exec(bytes.toString("latin1", Math.max(bytes.length - 2, 0)));
  const end = bytes.length - (tail?.[0].length ?? 0);
  const at = end - endBytes;
  const isEnd = at >= 0 && bytes.readUInt32LE(at) === endSignature;
  return isEnd && bytes.readUInt16LE(at + 20) === 0 ? bytes.subarray(0, end) : bytes;
}

export function readZipDirectory(untrimmed: Buffer): ZipDirectory {
  const bytes = trimmedZip(untrimmed);
  if (bytes.length < endBytes) throw malformed("too short");
  const end = readEnd(bytes);
  if (end.offset + end.size !== end.stop) throw malformed("directory place");
  if (end.count > entryCeiling) throw new Refusal("blocked", "member-limit");
  const located: Located[] = [];
  let at = end.offset;
  for (let index = 0; index < end.count; index += 1) {
    const one = readCentral(bytes, at, end.stop);
    located.push(one);
    at = one.next;
  }
  if (at !== end.stop) throw malformed("directory count");
  checkPlaces(located, end.offset);
  const entries = located.map(({ entry }) => entry);
  return {
    entries,
    packedBytes: entries.reduce((sum, entry) => sum + entry.packedBytes, 0),
    sizeBytes: entries.reduce((sum, entry) => sum + entry.sizeBytes, 0),
  };
}
