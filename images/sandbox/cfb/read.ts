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
  /** Place in the directory. */
  readonly index: number;
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
    const start = this.#startOf(sector);
    return this.#bytes.subarray(start, start + this.#size);
  }

  #startOf(sector: number): number {
    const start = (sector + 1) * this.#size;
    if (sector >= freeFrom || start >= this.#bytes.length) throw damaged("sector");
    return start;
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

  /** Where the sectors of a chain begin in the file, one after the other. */
  places(start: number): number[] {
    const places: number[] = [];
    const most = this.#bytes.length / this.#size + 1;
    for (let sector = start; sector < freeFrom; sector = this.#fat[sector] ?? freeFrom) {
      if (places.length > most) throw damaged("chain in a circle");
      places.push(this.#startOf(sector));
    }
    return places;
  }

  chain(start: number): Buffer {
    return Buffer.concat(
      this.places(start).map((place) => this.#bytes.subarray(place, place + this.#size)),
    );
  }
}

function readEntries(directory: Buffer): Entry[] {
  const entries: Entry[] = [];
  for (let at = 0; at + entryBytes <= directory.length; at += entryBytes) {
    const nameBytes = Math.min(Math.max(directory.readUInt16LE(at + 64) - 2, 0), 62);
    entries.push({
      index: entries.length,
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

/** Names are equal whatever their case ([MS-CFB] 2.6.4). */
export const nameKey = (name: string): string => name.toUpperCase();

/** Path, as it is compared → entry, walking the tree of names without following anything twice. */
function pathsOf(entries: readonly Entry[]): Map<string, Entry & { readonly path: string }> {
  const paths = new Map<string, Entry & { readonly path: string }>();
  const seen = new Set<number>();
  const waiting: { index: number; parent: string }[] = [
    { index: entries[0]?.child ?? noStream, parent: "" },
  ];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const entry = entries[next.index];
    if (entry === undefined || seen.has(next.index)) continue;
    seen.add(next.index);
    const path = `${next.parent}${entry.name}`;
    paths.set(nameKey(path), { ...entry, path });
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

/** Names of what lies at the top, as they are compared; what documents inside it hold is theirs. Throws Refusal. */
export function topNames(bytes: Buffer): ReadonlySet<string> {
  const { entries } = openDirectory(bytes);
  return new Set([...pathsOf(entries).keys()].filter((path) => !path.includes("/")));
}

const miniBytes = 64;

/** Where a stream lies in the file: pieces of one size, in order. */
interface Layout {
  readonly places: readonly number[];
  readonly pieceBytes: number;
}

interface OpenedCfb {
  readonly paths: ReadonlyMap<string, Entry & { readonly path: string }>;
  /** Where the sectors of the directory begin in the file. */
  readonly directory: readonly number[];
  readonly entriesPerSector: number;
  readonly layoutOf: (entry: Entry) => Layout;
}

function openDirectory(bytes: Buffer) {
  if (bytes.length < headerBytes) throw damaged("too short");
  const shift = bytes.readUInt16LE(30);
  if (shift !== 9 && shift !== 12) throw damaged("sector size");
  const sectors = new Sectors(bytes, shift);
  const directory = bytes.readUInt32LE(48);
  const entries = readEntries(sectors.chain(directory));
  const root = entries[0];
  if (root?.kind !== 5) throw damaged("no root");
  return { shift, sectors, directory, entries, root };
}

function open(bytes: Buffer): OpenedCfb {
  const { shift, sectors, directory, entries, root } = openDirectory(bytes);
  const miniFat = sectors.chain(bytes.readUInt32LE(60));
  const miniStream = sectors.places(root.start);
  const cutoff = bytes.readUInt32LE(56);
  const perSector = (1 << shift) / miniBytes;
  const miniPlaces = (start: number): number[] => {
    const places: number[] = [];
    for (let sector = start; sector < freeFrom; ) {
      const holder = miniStream[Math.floor(sector / perSector)];
      const circle = places.length > miniStream.length * perSector;
      if (circle || holder === undefined || sector * 4 + 4 > miniFat.length)
        throw damaged("mini chain");
      places.push(holder + (sector % perSector) * miniBytes);
      sector = miniFat.readUInt32LE(sector * 4);
    }
    return places;
  };
  return {
    paths: pathsOf(entries),
    directory: sectors.places(directory),
    entriesPerSector: (1 << shift) / entryBytes,
    layoutOf: ({ size, start }) =>
      size < cutoff
        ? { places: miniPlaces(start), pieceBytes: miniBytes }
        : { places: sectors.places(start), pieceBytes: 1 << shift },
  };
}

/** Throws Refusal for what is damaged. */
export function openCfb(bytes: Buffer): CompoundFile {
  const { paths, layoutOf } = open(bytes);
  return {
    streams: [...paths.values()].filter(({ kind }) => kind === 2).map(({ path }) => path),
    read(path) {
      const entry = paths.get(nameKey(path));
      if (entry?.kind !== 2) return undefined;
      const { places, pieceBytes } = layoutOf(entry);
      const data = Buffer.concat(places.map((place) => bytes.subarray(place, place + pieceBytes)));
      if (data.length < entry.size) throw damaged("stream cut off");
      return data.subarray(0, entry.size);
    },
  };
}

/**
 * A copy of the file in which these streams, as long as they were, say something else.
 *
 * @param hidden a stream at the top that is called something else of the same length, so that nobody looks for it
 */
export function patchCfb(bytes: Buffer, changes: ReadonlyMap<string, Buffer>, hidden = ""): Buffer {
  const { paths, layoutOf, directory, entriesPerSector } = open(bytes);
  const patched = Buffer.from(bytes);
  for (const [path, data] of changes) {
    const entry = paths.get(nameKey(path));
    if (entry?.size !== data.length) throw damaged("stream of another size");
    const { places, pieceBytes } = layoutOf(entry);
    for (const [index, place] of places.entries())
      data.copy(patched, place, index * pieceBytes, (index + 1) * pieceBytes);
  }
  const index = paths.get(nameKey(hidden))?.index;
  const sector = index === undefined ? undefined : directory[Math.floor(index / entriesPerSector)];
  if (index === undefined || sector === undefined) return patched;
  const at = sector + (index % entriesPerSector) * entryBytes;
  patched.write("_", at + (hidden.length - 1) * 2, "utf16le");
  return patched;
}
