/**
 * Signed statements "the records 1 to N, all from before DATE, were deleted by rule R at T; the head at N
 * was H". The chain goes on from H, so that the rest stays provable; without such a statement a missing
 * record is a broken log. Pure but for the clock passed in.
 */
import { type KeyObject, sign, verify } from "node:crypto";
import { z } from "zod";
import { canonicalJson } from "./chain.ts";
import type { SignedCheckpoint } from "./checkpoint.ts";

const statement = z.strictObject({
  v: z.literal(1),
  what: z.literal("hanare-audit-retention"),
  at: z.iso.datetime(),
  /** Everything up to this record is gone. */
  seq: z.int().min(1),
  /** Hash of that record. */
  head: z.string().regex(/^[0-9a-f]{64}$/),
  /** All of them are older. */
  before: z.iso.datetime(),
  /** As the site calls the rule, and how many days it keeps. */
  rule: z.string().min(1).max(128),
  keepDays: z.int().min(1),
});
export type RetentionStatement = z.infer<typeof statement>;

/** The same shape as a checkpoint's: number, text, Ed25519 over the text in base64. */
export type SignedRetention = SignedCheckpoint;

export function signRetention(
  made: Omit<RetentionStatement, "v" | "what">,
  key: KeyObject,
): SignedRetention {
  const text = canonicalJson({ v: 1, what: "hanare-audit-retention", ...made });
  return {
    seq: made.seq,
    statement: text,
    signature: sign(null, Buffer.from(text), key).toString("base64"),
  };
}

/** Undefined when the signature does not fit or the statement is about another record. */
export function openRetention(
  untrusted: SignedRetention,
  key: KeyObject,
): RetentionStatement | undefined {
  const signature = Buffer.from(untrusted.signature, "base64");
  if (!verify(null, Buffer.from(untrusted.statement), key, signature)) return undefined;
  const read = statement.safeParse(JSON.parse(untrusted.statement));
  return read.success && read.data.seq === untrusted.seq ? read.data : undefined;
}
