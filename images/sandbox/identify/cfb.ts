/**
 * Which kind of OLE2 compound file this is, from the names at its top; a directory that does not read stays plain
 * `cfb`. Pure.
 */
import type { ContentType } from "../../wire/file-words.ts";
import { nameKey, topNames } from "../cfb/read.ts";
import { Refusal } from "../context.ts";

const headerBytes = 512;
const endOfChain = 0xfffffffe;
const difatInHeader = 109;
const entryBytes = 128;
const directorySectorLimit = 4096;

function sectorAt(bytes: Buffer, shift: number, sector: number): Buffer | undefined {
  const size = 1 << shift;
  const start = (sector + 1) * size;
  return start + size <= bytes.length + size - 1 && start < bytes.length
    ? bytes.subarray(start, start + size)
    : undefined;
}

function nextSector(bytes: Buffer, shift: number, sector: number): number {
  const perSector = (1 << shift) / 4;
  const index = Math.floor(sector / perSector);
  if (index >= difatInHeader) return endOfChain;
  const fat = sectorAt(bytes, shift, bytes.readUInt32LE(76 + index * 4));
  const at = (sector % perSector) * 4;
  return fat === undefined || at + 4 > fat.length ? endOfChain : fat.readUInt32LE(at);
}

/** Names of all streams and storages. */
export function cfbNames(bytes: Buffer): string[] {
  if (bytes.length < headerBytes) return [];
  const shift = bytes.readUInt16LE(30);
  if (shift !== 9 && shift !== 12) return [];
  const names: string[] = [];
  let sector = bytes.readUInt32LE(48);
  for (let seen = 0; seen < directorySectorLimit && sector < 0xfffffff0; seen += 1) {
    const data = sectorAt(bytes, shift, sector);
    if (data === undefined) break;
    for (let at = 0; at + entryBytes <= data.length; at += entryBytes) {
      const nameBytes = data.readUInt16LE(at + 64);
      if (nameBytes < 2 || nameBytes > 64) continue;
      names.push(data.toString("utf16le", at, at + nameBytes - 2));
    }
    sector = nextSector(bytes, shift, sector);
  }
  return names;
}

/** At the top: a workbook may hold a document. Where no tree leads to them, all names that are there. */
function namesOf(bytes: Buffer): ReadonlySet<string> {
  try {
    return topNames(bytes);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return new Set(cfbNames(bytes).map(nameKey));
  }
}

export function identifyCfb(bytes: Buffer): ContentType {
  const names = namesOf(bytes);
  const has = (...any: readonly string[]): boolean => any.some((name) => names.has(nameKey(name)));
  if (has("EncryptedPackage", "EncryptionInfo")) return "office-encrypted";
  if (has("WordDocument")) return "doc";
  if (has("Workbook", "Book")) return "xls";
  if (has("PowerPoint Document")) return "ppt";
  if (has("__properties_version1.0")) return "msg";
  if ([...names].some((name) => name.startsWith("JSRV"))) return "jtd";
  return "cfb";
}
