/**
 * doc, xls and ppt behind a password: their streams are decrypted where they lie, and the marks that say so are taken
 * away, so that LibreOffice reads the file as one that never had a password. Pure.
 */
import { type CompoundFile, openCfb, patchCfb } from "../cfb/read.ts";
import { Refusal } from "../context.ts";
import { type BlockKey, openRc4, rc4, rc4Blocks } from "./rc4.ts";

const damaged = (detail: string): Refusal => new Refusal("blocked", "damaged", detail);
const unsupported = (): Refusal => new Refusal("needs_approval", "password-unsupported");

type Changes = Map<string, Buffer>;

function streamOf(file: CompoundFile, name: string): Buffer {
  const stream = file.read(name);
  if (stream === undefined) throw damaged(name);
  return Buffer.from(stream);
}

/** [MS-DOC] 2.2.6: the first 68 bytes are never encrypted; flags at 10, size of the header at 14. */
const plainFib = 68;
const wordBlockBytes = 512;

function unlockWord(file: CompoundFile, passwords: readonly string[]): Changes | undefined {
  const document = streamOf(file, "WordDocument");
  if (document.length < plainFib) throw damaged("FIB");
  const flags = document.readUInt16LE(10);
  if ((flags & 0x8000) !== 0) throw unsupported();
  const tableName = (flags & 0x0200) === 0 ? "0Table" : "1Table";
  const table = streamOf(file, tableName);
  const key = openRc4(table.subarray(0, document.readUInt32LE(14)), passwords);
  if (key === undefined) return undefined;
  const plain = rc4Blocks(key, document, wordBlockBytes);
  document.copy(plain, 0, 0, plainFib);
  plain.writeUInt16LE(flags & ~0x0100, 10);
  plain.writeUInt32LE(0, 14);
  const changes: Changes = new Map([
    ["WordDocument", plain],
    [tableName, rc4Blocks(key, table, wordBlockBytes)],
  ]);
  const data = file.read("Data");
  if (data !== undefined) changes.set("Data", rc4Blocks(key, data, wordBlockBytes));
  return changes;
}

/** [MS-XLS] 2.2.10: records that are never encrypted; of a sheet's place in the file the first four bytes. */
const plainRecords = new Set([0x0809, 0x002f, 0x00e1, 0x0138, 0x0194, 0x0195, 0x0196]);
const boundSheet = 0x0085;
const filePass = 0x002f;
/** A record that nobody reads stands where the password was asked for. */
const idle = 0x00c1;
const excelBlockBytes = 1024;

interface ExcelRecord {
  readonly type: number;
  readonly from: number;
  readonly to: number;
}

function* recordsOf(stream: Buffer): Generator<ExcelRecord> {
  for (let at = 0; at + 4 <= stream.length; ) {
    const to = Math.min(at + 4 + stream.readUInt16LE(at + 2), stream.length);
    yield { type: stream.readUInt16LE(at), from: at + 4, to };
    at = to;
  }
}

function unlockExcel(file: CompoundFile, passwords: readonly string[]): Changes | undefined {
  const name = file.read("Workbook") === undefined ? "Book" : "Workbook";
  const stream = streamOf(file, name);
  const pass = [...recordsOf(stream)].find(({ type }) => type === filePass);
  // The other way is a XOR of Excel 95.
  if (pass === undefined || pass.to - pass.from < 54 || stream.readUInt16LE(pass.from) !== 1)
    throw unsupported();
  const key = openRc4(stream.subarray(pass.from + 2, pass.to), passwords);
  if (key === undefined) return undefined;
  const plain = rc4Blocks(key, stream, excelBlockBytes);
  const result = Buffer.from(stream);
  for (const { type, from, to } of recordsOf(stream)) {
    if (plainRecords.has(type)) continue;
    const start = Math.min(type === boundSheet ? from + 4 : from, to);
    plain.copy(result, start, start, to);
  }
  result.writeUInt16LE(idle, pass.from - 4);
  return new Map([[name, result]]);
}

const userEdit = 0x0ff5;
const persistDirectory = 0x1772;
const cryptSession = 0x2f14;
const openToken = 0xe391c05f;
const editsAtMost = 10_000;

/** [MS-PPT] 2.3.3 and 2.3.4: the edits of a file, newest first, and where each numbered object lies. */
function slideObjects(document: Buffer, newest: number) {
  const places = new Map<number, number>();
  const edits: number[] = [];
  for (let edit = newest; edit !== 0; edit = document.readUInt32LE(edit + 16)) {
    if (edits.length > editsAtMost || edit + 36 > document.length) throw damaged("edits");
    if (document.readUInt16LE(edit + 2) !== userEdit) throw damaged("edit");
    edits.push(edit);
    const directory = document.readUInt32LE(edit + 20);
    if (directory + 8 > document.length) throw damaged("directory");
    if (document.readUInt16LE(directory + 2) !== persistDirectory) throw damaged("directory");
    const end = Math.min(directory + 8 + document.readUInt32LE(directory + 4), document.length);
    for (let at = directory + 8; at + 4 <= end; ) {
      const word = document.readUInt32LE(at);
      const [first, count] = [word & 0xfffff, word >>> 20];
      at += 4;
      for (let index = 0; index < count && at + 4 <= end; index += 1, at += 4)
        if (!places.has(first + index)) places.set(first + index, document.readUInt32LE(at));
    }
  }
  return { places, edits };
}

/** [MS-ODRAW] 2.2.23: kinds of pictures with a second id; metafiles have a header of their own. */
const twoIds = new Set([0x217, 0x3d5, 0x46b, 0x543, 0x6e1, 0x6e3, 0x6e5, 0x7a9]);

/** Every field of a picture is encrypted from the cipher's start. */
function unlockPictures(stream: Buffer, key: BlockKey): Buffer {
  const result = Buffer.from(stream);
  const open = (from: number, length: number): number => {
    const to = Math.min(from + length, result.length);
    rc4(key(0), stream.subarray(from, to)).copy(result, from);
    return to;
  };
  for (let at = 0; at + 8 <= result.length; ) {
    let next = open(at, 8);
    const type = result.readUInt16LE(at + 2);
    const end = Math.min(next + result.readUInt32LE(at + 4), result.length);
    next = open(next, 16);
    if (twoIds.has(result.readUInt16LE(at) >> 4)) next = open(next, 16);
    next = open(next, type >= 0xf01a && type <= 0xf01c ? 34 : 1);
    if (next < end) open(next, end - next);
    at = Math.max(end, at + 8);
  }
  return result;
}

function unlockSlides(file: CompoundFile, passwords: readonly string[]): Changes | undefined {
  const document = streamOf(file, "PowerPoint Document");
  const user = streamOf(file, "Current User");
  if (user.length < 20) throw damaged("user");
  const newest = user.readUInt32LE(16);
  const { places, edits } = slideObjects(document, newest);
  const session = newest + 40 > document.length ? 0 : document.readUInt32LE(newest + 36);
  const place = places.get(session);
  if (place === undefined || place + 8 > document.length) throw unsupported();
  if (document.readUInt16LE(place + 2) !== cryptSession) throw unsupported();
  const sessionEnd = place + 8 + document.readUInt32LE(place + 4);
  const key = openRc4(document.subarray(place + 8, sessionEnd), passwords);
  if (key === undefined) return undefined;
  const plain = Buffer.from(document);
  for (const [id, from] of places) {
    if (id === session || from + 8 > document.length) continue;
    const length = rc4(key(id), document.subarray(from, from + 8)).readUInt32LE(4);
    rc4(key(id), document.subarray(from, from + 8 + length)).copy(plain, from);
  }
  for (const edit of edits)
    if (document.readUInt32LE(edit + 4) >= 32 && edit + 40 <= plain.length)
      plain.writeUInt32LE(0, edit + 36);
  user.writeUInt32LE(openToken, 12);
  const changes: Changes = new Map([
    ["PowerPoint Document", plain],
    ["Current User", user],
  ]);
  const pictures = file.read("Pictures");
  if (pictures !== undefined) changes.set("Pictures", unlockPictures(pictures, key));
  return changes;
}

/** Title and author, which are encrypted in a way of their own. LibreOffice takes a file that has them for locked. */
const encryptedProperties = "EncryptedSummary";

const unlockers = { doc: unlockWord, ppt: unlockSlides, xls: unlockExcel } as const;

/** The same file without its password; undefined when none of these opens it. Throws Refusal for what is not ours. */
export function unlockOlder(
  type: keyof typeof unlockers,
  bytes: Buffer,
  passwords: readonly string[],
): Buffer | undefined {
  try {
    const changes = unlockers[type](openCfb(bytes), passwords);
    return changes && patchCfb(bytes, changes, encryptedProperties);
  } catch (error) {
    if (error instanceof RangeError) throw damaged("encryption");
    throw error;
  }
}
