/**
 * LZH (LHA): its headers of level 0, 1 and 2 are read here, because names are CP932 bytes in which a second byte can
 * look like a separator. The members then go to bsdtar in an archive of our own, numbered, and come back unpacked.
 */
import type { JobContext } from "../context.ts";
import { Refusal } from "../context.ts";
import { decodeMemberName } from "../zip/member-name.ts";
import { dosTimeOf } from "./member.ts";

/** One member as its header says; `data` is still packed. */
export interface LzhMember {
  readonly name: string;
  readonly dosTime: number;
  readonly method: string;
  readonly sizeBytes: number;
  readonly crc: number;
  readonly data: Buffer;
}

const malformed = (detail: string): Refusal =>
  new Refusal("blocked", "archive-malformed", `lzh ${detail}`);

/** What bsdtar unpacks; directories (lhd) hold nothing. */
const methods = /^-l(h[4567]|z[45s]|h0|hd)-$/;
const separator = 0xff;
const extension = { name: 0x01, folder: 0x02, unicodeName: 0x44, unicodeFolder: 0x45 } as const;

/** A header with every number checked: reads outside the file are malformed, not exceptions. */
class Cursor {
  readonly bytes: Buffer;

  constructor(bytes: Buffer) {
    this.bytes = bytes;
  }

  slice(at: number, length: number): Buffer {
    const found = this.bytes.subarray(at, at + length);
    if (at < 0 || length < 0 || found.length !== length) throw malformed("cut off");
    return found;
  }

  u8 = (at: number): number => this.slice(at, 1).readUInt8();
  u16 = (at: number): number => this.slice(at, 2).readUInt16LE();
  u32 = (at: number): number => this.slice(at, 4).readUInt32LE();
}

/** Bytes between separators are decoded each for itself: in CP932 a backslash can be half a character. */
function pathOf(raw: Buffer): string {
  const parts: string[] = [];
  for (let at = 0; at <= raw.length; ) {
    const next = raw.indexOf(separator, at);
    const end = next < 0 ? raw.length : next;
    parts.push(decodeMemberName(raw.subarray(at, end), false).name.replaceAll("\\", "/"));
    at = end + 1;
  }
  return parts.join("/");
}

const unicodePath = (raw: Buffer): string =>
  raw.toString("utf16le").replaceAll("\uffff", "/").replaceAll("\\", "/");

interface Extensions {
  readonly found: ReadonlyMap<number, Buffer>;
  /** Bytes they take. */
  readonly size: number;
}

function readExtensions(cursor: Cursor, at: number, firstSize: number): Extensions {
  const found = new Map<number, Buffer>();
  let place = at;
  for (let size = firstSize; size !== 0; ) {
    if (size < 3) throw malformed("extension");
    const whole = cursor.slice(place, size);
    found.set(whole.readUInt8(0), whole.subarray(1, size - 2));
    place += size;
    size = whole.readUInt16LE(size - 2);
  }
  return { found, size: place - at };
}

function nameOf(own: Buffer, found: Extensions["found"]): string {
  const unicode = found.get(extension.unicodeName);
  const name = unicode ? unicodePath(unicode) : pathOf(found.get(extension.name) ?? own);
  const wide = found.get(extension.unicodeFolder);
  const folder = wide ? unicodePath(wide) : pathOf(found.get(extension.folder) ?? Buffer.alloc(0));
  return folder === "" ? name : `${folder.replace(/\/$/, "")}/${name}`;
}

interface Placed {
  readonly name: string;
  readonly dosTime: number;
  readonly crc: number;
  readonly dataAt: number;
  readonly dataSize: number;
}

/** Levels 0 and 1: a size and a sum of one byte, the name in the header itself. */
function readOldHeader(cursor: Cursor, at: number, level: number): Placed {
  const headerSize = cursor.u8(at) + 2;
  const header = cursor.slice(at, headerSize);
  const sum = header.subarray(2).reduce((total, byte) => (total + byte) & 0xff, 0);
  if (sum !== header.readUInt8(1)) throw malformed("checksum");
  const nameSize = cursor.u8(at + 21);
  if (24 + nameSize > headerSize) throw malformed("name");
  const own = cursor.slice(at + 22, nameSize);
  const packed = cursor.u32(at + 7);
  const first = level === 1 ? cursor.u16(at + headerSize - 2) : 0;
  const extensions = readExtensions(cursor, at + headerSize, first);
  return {
    name: nameOf(own, extensions.found),
    dosTime: cursor.u32(at + 15),
    crc: cursor.u16(at + 22 + nameSize),
    dataAt: at + headerSize + extensions.size,
    dataSize: packed - extensions.size,
  };
}

/** Level 2: everything of variable length is an extension; times are Unix seconds. */
function readNewHeader(cursor: Cursor, at: number): Placed {
  const headerSize = cursor.u16(at);
  const extensions = readExtensions(cursor, at + 26, cursor.u16(at + 24));
  if (26 + extensions.size > headerSize) throw malformed("extensions");
  return {
    name: nameOf(Buffer.alloc(0), extensions.found),
    dosTime: dosTimeOf(new Date(cursor.u32(at + 15) * 1000)),
    crc: cursor.u16(at + 21),
    dataAt: at + headerSize,
    dataSize: cursor.u32(at + 7),
  };
}

/** Throws Refusal for what is malformed. The end is a zero byte, or the end of the file. */
export function readLzhHeaders(context: Pick<JobContext, "bytes" | "limits">): LzhMember[] {
  const cursor = new Cursor(context.bytes);
  const members: LzhMember[] = [];
  for (let at = 0; at < context.bytes.length && cursor.u8(at) !== 0; ) {
    const method = cursor.slice(at + 2, 5).toString("latin1");
    if (!methods.test(method)) throw malformed("method");
    const level = cursor.u8(at + 20);
    if (level > 2) throw malformed("level");
    const { dataAt, dataSize, ...facts } =
      level === 2 ? readNewHeader(cursor, at) : readOldHeader(cursor, at, level);
    const data = cursor.slice(dataAt, dataSize);
    members.push({ ...facts, method, sizeBytes: cursor.u32(at + 11), data });
    if (members.length > context.limits.members) throw new Refusal("blocked", "member-limit");
    at = dataAt + dataSize;
  }
  return members.filter((each) => each.method !== "-lhd-");
}

/** The same members with numbers for names, in headers of level 0. Pure. */
export function numberedLzh(members: readonly LzhMember[]): Buffer {
  const pieces = members.flatMap(({ method, data, sizeBytes, crc }, index) => {
    const name = Buffer.from(String(index));
    const header = Buffer.alloc(22 + name.length + 2);
    header.writeUInt8(header.length - 2, 0);
    header.write(method, 2, "latin1");
    header.writeUInt32LE(data.length, 7);
    header.writeUInt32LE(sizeBytes, 11);
    header.writeUInt32LE(0x5a21_0000, 15);
    header.writeUInt8(0x20, 19);
    header.writeUInt8(name.length, 21);
    name.copy(header, 22);
    header.writeUInt16LE(crc, 22 + name.length);
    header.writeUInt8(
      header.subarray(2).reduce((total, byte) => (total + byte) & 0xff, 0),
      1,
    );
    return [header, data];
  });
  return Buffer.concat([...pieces, Buffer.from([0])]);
}
