/**
 * The arithmetic of the audit chain: canonical text of a record, its hash, and whether a record follows
 * another. Pure. Each record carries the hash of the one before; the hash covers the whole canonical text,
 * so nothing of a record can change unseen.
 */
import { hash } from "node:crypto";
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
  if (typeof value === "string") return JSON.stringify(value.toWellFormed());
  // Numbers, booleans, null.
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  const fields = Object.entries(value).filter(([, each]) => each !== undefined);
  const texts = fields
    .map(([key, each]) => [key.toWellFormed(), each] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, each]) => `${JSON.stringify(key)}:${canonicalJson(each)}`);
  return `{${texts.join(",")}}`;
}

export function hashOf(record: string): string {
  return hash("sha256", record);
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

export interface BrokenLink {
  readonly outcome: "broken";
  readonly seq: number;
  readonly reason: "record-missing" | "record-altered" | "record-unreadable" | "chain-broken";
}
export type LinkVerdict = BrokenLink | { readonly outcome: "follows"; readonly head: ChainHead };

/**
 * Does `stored` follow `head`? The first thing that does not fit is named, with the number of the record.
 * `signed` says that a checkpoint further on covers it: what the writer has signed it has also checked, so
 * the fields inside are not read once more.
 */
export function follow(head: ChainHead, stored: StoredRecord, signed = false): LinkVerdict {
  const seq = head.seq + 1;
  const broken = (reason: BrokenLink["reason"]): BrokenLink => ({ outcome: "broken", seq, reason });
  if (stored.seq !== seq) return broken("record-missing");
  if (hashOf(stored.record) !== stored.hash) return broken("record-altered");
  if (!signed && readRecord(stored.record) === undefined) return broken("record-unreadable");
  if (!stored.record.endsWith(tailOf(head))) return broken("chain-broken");
  return { outcome: "follows", head: { seq, hash: stored.hash } };
}

/** How the canonical text of the record after `head` ends: its keys are sorted, and these are the last. */
function tailOf(head: ChainHead): string {
  return `,"prev":"${head.hash}","seq":${head.seq + 1},"v":1}`;
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
