/**
 * OLE2 compound files: every stream by its path. All sector numbers are checked, chains cannot run in circles,
 * sizes are bounded by the file itself. Pure.
 */
import { Refusal } from "../context.ts";

const headerBytes = 512;
const entryBytes = 128;
const freeFrom = 0xffff_fffa;
const noStream = 0xffff_ffff;
const entryCeiling = 100_000;

const damaged = (detail: string): Refusal => new Refusal("blocked", "damaged", `cfb ${detail}`);

interface Entry {
  readonly name: string;
  readonly kind: number;
  readonly left: number;
  readonly right: number;
  readonly child: number;
  readonly start: number;
  readonly size: number;
}

class Sectors {
  readonly #bytes: Buffer;
  readonly #size: number;
  readonly #fat: number[] = [];

  constructor(bytes: Buffer, shift: number) {
    this.#bytes = bytes;
    this.#size = 1 << shift;
    this.#readFat();
  }

  #at(sector: number): Buffer {
    const start = (sector + 1) * this.#size;
    if (sector >= freeFrom || start >= this.#bytes.length) throw damaged("sector");
    return this.#bytes.subarray(start, start + this.#size);
  }

  #readFat(): void {
    const places: number[] = [];
    for (let index = 0; index < 109; index += 1)
      places.push(this.#bytes.readUInt32LE(76 + index * 4));
    const perSector = this.#size / 4;
    let next = this.#bytes.readUInt32LE(68);
    for (let count = 0; next < freeFrom; count += 1) {
      if (count > this.#bytes.length / this.#size) throw damaged("DIFAT in a circle");
      const sector = this.#at(next);
      for (let at = 0; at < perSector - 1 && at * 4 + 4 <= sector.length; at += 1)
        places.push(sector.readUInt32LE(at * 4));
      next = sector.length === this.#size ? sector.readUInt32LE(this.#size - 4) : freeFrom;
    }
    for (const place of places.filter((each) => each < freeFrom)) {
      const sector = this.#at(place);
      for (let at = 0; at + 4 <= sector.length; at += 4) this.#fat.push(sector.readUInt32LE(at));
    }
  }

  chain(start: number): Buffer {
    const parts: Buffer[] = [];
    const most = this.#bytes.length / this.#size + 1;
    for (let sector = start; sector < freeFrom; sector = this.#fat[sector] ?? freeFrom) {
      if (parts.length > most) throw damaged("chain in a circle");
      parts.push(this.#at(sector));
    }
    return Buffer.concat(parts);
  }
}

function readEntries(directory: Buffer): Entry[] {
  const entries: Entry[] = [];
  for (let at = 0; at + entryBytes <= directory.length; at += entryBytes) {
    const nameBytes = Math.min(Math.max(directory.readUInt16LE(at + 64) - 2, 0), 62);
    entries.push({
      name: directory.toString("utf16le", at, at + nameBytes),
      kind: directory.readUInt8(at + 66),
      left: directory.readUInt32LE(at + 68),
      right: directory.readUInt32LE(at + 72),
      child: directory.readUInt32LE(at + 76),
      start: directory.readUInt32LE(at + 116),
      size: directory.readUInt32LE(at + 120),
    });
  }
  if (entries.length > entryCeiling) throw damaged("too many entries");
  return entries;
}

/** Path → entry, walking the tree of names without following anything twice. */
function pathsOf(entries: readonly Entry[]): Map<string, Entry> {
  const paths = new Map<string, Entry>();
  const seen = new Set<number>();
  const waiting: { index: number; parent: string }[] = [
    { index: entries[0]?.child ?? noStream, parent: "" },
  ];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const entry = entries[next.index];
    if (entry === undefined || seen.has(next.index)) continue;
    seen.add(next.index);
    const path = `${next.parent}${entry.name}`;
    paths.set(path, entry);
    waiting.push({ index: entry.left, parent: next.parent });
    waiting.push({ index: entry.right, parent: next.parent });
    if (entry.kind === 1) waiting.push({ index: entry.child, parent: `${path}/` });
  }
  return paths;
}

export interface CompoundFile {
  /** Paths of streams, `storage/stream`. */
  readonly streams: readonly string[];
  /** Undefined when there is no such stream. */
  read(path: string): Buffer | undefined;
}

/** Throws Refusal for what is damaged. */
export function openCfb(bytes: Buffer): CompoundFile {
  if (bytes.length < headerBytes) throw damaged("too short");
  const shift = bytes.readUInt16LE(30);
  if (shift !== 9 && shift !== 12) throw damaged("sector size");
  const sectors = new Sectors(bytes, shift);
  const entries = readEntries(sectors.chain(bytes.readUInt32LE(48)));
  const root = entries[0];
  if (root?.kind !== 5) throw damaged("no root");
  const miniFat = sectors.chain(bytes.readUInt32LE(60));
  const miniStream = sectors.chain(root.start);
  const cutoff = bytes.readUInt32LE(56);
  const readMini = (start: number): Buffer => {
    const parts: Buffer[] = [];
    for (let sector = start; sector < freeFrom; ) {
      if (parts.length * 64 > miniStream.length || sector * 4 + 4 > miniFat.length)
        throw damaged("mini chain");
      parts.push(miniStream.subarray(sector * 64, sector * 64 + 64));
      sector = miniFat.readUInt32LE(sector * 4);
    }
    return Buffer.concat(parts);
  };
  const paths = pathsOf(entries);
  return {
    streams: [...paths].filter(([, entry]) => entry.kind === 2).map(([path]) => path),
    read(path) {
      const entry = paths.get(path);
      if (entry?.kind !== 2) return undefined;
      const data = entry.size < cutoff ? readMini(entry.start) : sectors.chain(entry.start);
      if (data.length < entry.size) throw damaged("stream cut off");
      return data.subarray(0, entry.size);
    },
  };
}
