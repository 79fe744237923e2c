/**
 * What a list snapshot looks like on disk. Written once, never changed, named by its SHA-256:
 *
 *   records      one per entry: length, line, flags, the entry, and when it expires; read only on a hit
 *   places       Uint32 per slot: where its entry's record begins
 *   fingerprints Uint16 per slot; 0 is an empty one
 *   footer       sizes, key, magic
 *
 * Only places and fingerprints are held in memory: about 9 bytes an entry. Slots come in buckets of
 * sixteen, whose fingerprints lie in one line of the processor's cache; what finds its bucket full goes
 * into the next one.
 */
import { z } from "zod";

export const magic = "HANARE-LIST-1\n";
export const footerBytes = 96;
/** A record is at most 1 + 4 + 1 + 254 + 8 bytes; one read takes it all. */
export const maxRecordBytes = 268;
export const recordHeaderBytes = 6;
export const flagExpires = 1;

export const slotsPerBucket = 16;
/** Fuller buckets overflow more often, emptier ones waste memory. */
const entriesPerBucket = 11;

export interface Footer {
  readonly entries: number;
  readonly buckets: number;
  /** Bit n: there are entries of this form with n labels (31 stands for more). */
  readonly exactLabels: number;
  readonly suffixLabels: number;
  readonly wildcardLabels: number;
  readonly recordsBytes: number;
  /** The records' bytes and what fills them up to a multiple of 8. */
  readonly indexAt: number;
  readonly key: Uint8Array;
}

/** Little-endian throughout, which every machine that Hanare runs on is. */
export function encodeFooter(footer: Footer): Buffer {
  const out = Buffer.alloc(footerBytes);
  out.writeUInt32LE(footer.entries, 0);
  out.writeUInt32LE(footer.buckets, 4);
  out.writeUInt32LE(footer.exactLabels >>> 0, 48);
  out.writeUInt32LE(footer.suffixLabels >>> 0, 52);
  out.writeUInt32LE(footer.wildcardLabels >>> 0, 56);
  out.writeDoubleLE(footer.recordsBytes, 16);
  out.writeDoubleLE(footer.indexAt, 24);
  out.set(footer.key, 32);
  out.write(magic, footerBytes - magic.length, "latin1");
  return out;
}

const shape = z.object({
  entries: z.int().min(0).max(100_000_000),
  buckets: z.int().min(1).max(10_000_000),
  exactLabels: z.int(),
  suffixLabels: z.int(),
  wildcardLabels: z.int(),
  recordsBytes: z.int().min(0),
  indexAt: z.int().min(0).multipleOf(8),
});

/** Undefined unless every size agrees with the others and with the file. */
export function decodeFooter(untrusted: Buffer, fileBytes: number): Footer | undefined {
  if (untrusted.length !== footerBytes) return undefined;
  if (untrusted.toString("latin1", footerBytes - magic.length) !== magic) return undefined;
  const parsed = shape.safeParse({
    entries: untrusted.readUInt32LE(0),
    buckets: untrusted.readUInt32LE(4),
    exactLabels: untrusted.readUInt32LE(48),
    suffixLabels: untrusted.readUInt32LE(52),
    wildcardLabels: untrusted.readUInt32LE(56),
    recordsBytes: untrusted.readDoubleLE(16),
    indexAt: untrusted.readDoubleLE(24),
  });
  if (!parsed.success) return undefined;
  const footer = { ...parsed.data, key: new Uint8Array(untrusted.subarray(32, 48)) };
  const end = footer.indexAt + indexBytes(footer) + footerBytes;
  return end === fileBytes && footer.recordsBytes <= footer.indexAt ? footer : undefined;
}

export function indexBytes({ buckets }: Pick<Footer, "buckets">): number {
  return buckets * slotsPerBucket * 6;
}

export const bucketsFor = (entries: number): number =>
  Math.max(1, Math.ceil(entries / entriesPerBucket));

/** @param a any hash of 32 bits, unsigned */
export const bucketOf = (a: number, buckets: number): number =>
  (a * (buckets / 0x1_0000_0000)) >>> 0;

export const printOf = (b: number): number => b & 0xffff || 1;

/** The bit of a label mask that stands for this many labels. */
export const labelBit = (labels: number): number => 1 << Math.min(labels, 31);

/** Which forms with how many labels a set of entries holds: most candidates of a host need no look. */
export class LabelMasks {
  exact = 0;
  suffix = 0;
  wildcard = 0;

  add(name: string): void {
    const form = /^(\*?\.)?(.*)$/.exec(name);
    const bit = labelBit((form?.[2] ?? "").split(".").length);
    if (form?.[1] === ".") this.suffix |= bit;
    else if (form?.[1] === "*.") this.wildcard |= bit;
    else this.exact |= bit;
  }

  join(other: Readonly<Pick<LabelMasks, "exact" | "suffix" | "wildcard">>): void {
    this.exact |= other.exact;
    this.suffix |= other.suffix;
    this.wildcard |= other.wildcard;
  }

  /** @param at which of a probe's candidates (probe.ts) @param labels of that candidate */
  mayHold(at: number, labels: number): boolean {
    const mask = at === 0 ? this.exact : (at & 1) === 1 ? this.suffix : this.wildcard;
    return (mask & labelBit(labels)) !== 0;
  }
}
