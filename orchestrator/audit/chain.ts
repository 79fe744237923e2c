/**
 * The arithmetic of the audit chain: canonical text of a record, its hash, and whether a record follows
 * another. Pure. Each record carries the hash of the one before; the hash covers the whole canonical text,
 * so nothing of a record can change unseen.
 */
import { createHash } from "node:crypto";
import { z } from "zod";
import { auditEvent } from "./events.ts";

/** Stands in for the hash before the first record. */
export const genesisHash = "0".repeat(64);

const hexHash = z.string().regex(/^[0-9a-f]{64}$/);

/** A record as it is kept: the event, its place and the hash of the record before it. */
export const chainedRecord = z.strictObject({
  /** Version of this shape. */
  v: z.literal(1),
  seq: z.int().min(1),
  at: z.iso.datetime(),
  prev: hexHash,
  event: auditEvent,
});
export type ChainedRecord = z.infer<typeof chainedRecord>;

/** What the table holds: the canonical text is the record; nothing else is trusted. */
export interface StoredRecord {
  readonly seq: number;
  readonly record: string;
  readonly hash: string;
}

/**
 * JSON with sorted keys and no white space; absent fields are left out. Strings are made well formed
 * first: a lone surrogate has no UTF-8 and would hash as another character than it shows.
 */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (typeof inner === "string") return inner.toWellFormed();
    if (typeof inner !== "object" || inner === null || Array.isArray(inner)) return inner;
    const entries = Object.entries(inner).map(([key, each]) => [key.toWellFormed(), each] as const);
    return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

export function hashOf(record: string): string {
  return createHash("sha256").update(record, "utf8").digest("hex");
}

export function chainOne(record: ChainedRecord): StoredRecord {
  const text = canonicalJson(record);
  return { seq: record.seq, record: text, hash: hashOf(text) };
}

export interface ChainHead {
  readonly seq: number;
  readonly hash: string;
}

export const emptyHead: ChainHead = { seq: 0, hash: genesisHash };

export type LinkVerdict =
  | {
      readonly outcome: "broken";
      readonly seq: number;
      readonly reason: "record-missing" | "record-altered" | "record-unreadable" | "chain-broken";
    }
  | { readonly outcome: "follows"; readonly head: ChainHead };

/** Does `stored` follow `head`? The first thing that does not fit is named, with the number of the record. */
export function follow(head: ChainHead, stored: StoredRecord): LinkVerdict {
  const seq = head.seq + 1;
  if (stored.seq !== seq) return { outcome: "broken", seq, reason: "record-missing" };
  if (hashOf(stored.record) !== stored.hash)
    return { outcome: "broken", seq, reason: "record-altered" };
  const read = readRecord(stored.record);
  if (read === undefined) return { outcome: "broken", seq, reason: "record-unreadable" };
  if (read.seq !== seq || read.prev !== head.hash)
    return { outcome: "broken", seq, reason: "chain-broken" };
  return { outcome: "follows", head: { seq, hash: stored.hash } };
}

/** Undefined when the text is not a record of ours. */
export function readRecord(untrustedText: string): ChainedRecord | undefined {
  try {
    const read = chainedRecord.safeParse(JSON.parse(untrustedText));
    return read.success ? read.data : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
