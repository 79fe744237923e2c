/**
 * Signed statements "the log had N records and its head was H at T". Pure but for the clock passed in.
 * Whoever can write the database can restamp a plain chain or cut its end off; without the key they
 * cannot do so below the last checkpoint.
 */
import { type KeyObject, sign, verify } from "node:crypto";
import { z } from "zod";
import { canonicalJson, type ChainHead } from "./chain.ts";

/** A checkpoint falls due after this many records … */
export const recordsPerCheckpoint = 1000;
/** … or this long after the last one, when anything was written meanwhile. */
export const checkpointMs = 60_000;

const statement = z.strictObject({
  v: z.literal(1),
  what: z.literal("hanare-audit-checkpoint"),
  at: z.iso.datetime(),
  seq: z.int().min(1),
  head: z.string().regex(/^[0-9a-f]{64}$/),
});
export type CheckpointStatement = z.infer<typeof statement>;

export interface SignedCheckpoint {
  readonly seq: number;
  readonly statement: string;
  /** Ed25519 over the statement's UTF-8, base64. */
  readonly signature: string;
}

export function signCheckpoint(head: ChainHead, at: string, key: KeyObject): SignedCheckpoint {
  const made: CheckpointStatement = {
    v: 1,
    what: "hanare-audit-checkpoint",
    at,
    seq: head.seq,
    head: head.hash,
  };
  const text = canonicalJson(made);
  return {
    seq: head.seq,
    statement: text,
    signature: sign(null, Buffer.from(text), key).toString("base64"),
  };
}

/** Undefined when the signature does not fit or the statement is about another record. */
export function openCheckpoint(
  untrusted: SignedCheckpoint,
  key: KeyObject,
): CheckpointStatement | undefined {
  const signature = Buffer.from(untrusted.signature, "base64");
  if (!verify(null, Buffer.from(untrusted.statement), key, signature)) return undefined;
  const read = statement.safeParse(JSON.parse(untrusted.statement));
  return read.success && read.data.seq === untrusted.seq ? read.data : undefined;
}
