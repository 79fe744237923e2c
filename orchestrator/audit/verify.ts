/**
 * Walks the whole audit log and says whether it is whole. Needs the file and the public key only; reads,
 * never writes. The first thing that does not fit is named by the number of its record.
 */
import type { KeyObject } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { type ChainHead, emptyHead, follow, type LinkVerdict } from "./chain.ts";
import { openCheckpoint, recordsPerCheckpoint, type SignedCheckpoint } from "./checkpoint.ts";

export type BrokenReason =
  | Extract<LinkVerdict, { readonly outcome: "broken" }>["reason"]
  | "checkpoint-forged"
  | "checkpoint-missing"
  | "restamped"
  | "truncated";

export type AuditVerdict =
  | {
      readonly outcome: "broken";
      /** First record that is missing, altered or not covered as it must be. */
      readonly seq: number;
      readonly reason: BrokenReason;
      readonly checkpoints: number;
    }
  | {
      readonly outcome: "intact";
      readonly records: number;
      readonly head: string;
      readonly checkpoints: number;
      /** Newest records, not yet under a signature: these alone could be cut off unseen. */
      readonly unsigned: number;
    };

export function verifyAudit(database: DatabaseSync, publicKey: KeyObject): AuditVerdict {
  const checkpoints = readCheckpoints(database);
  let head: ChainHead = emptyHead;
  let signedUpTo = 0;
  let next = 0;
  const broken = (seq: number, reason: BrokenReason): AuditVerdict => ({
    outcome: "broken",
    seq,
    reason,
    checkpoints: next,
  });
  for (const found of database
    .prepare("SELECT seq, record, hash FROM audit_records ORDER BY seq")
    .iterate()) {
    const link = follow(head, recordRow.parse(found));
    if (link.outcome === "broken") return broken(link.seq, link.reason);
    head = link.head;
    const due = checkpoints[next];
    if (due?.seq === head.seq) {
      const statement = openCheckpoint(due, publicKey);
      if (!statement) return broken(head.seq, "checkpoint-forged");
      if (statement.head !== head.hash) return broken(head.seq, "restamped");
      signedUpTo = head.seq;
      next += 1;
    }
    // The writer signs in the same transaction as the thousandth record: a longer gap was made by hand.
    if (head.seq - signedUpTo >= recordsPerCheckpoint)
      return broken(head.seq, "checkpoint-missing");
  }
  if (checkpoints[next]) return broken(head.seq + 1, "truncated");
  return {
    outcome: "intact",
    records: head.seq,
    head: head.hash,
    checkpoints: next,
    unsigned: head.seq - signedUpTo,
  };
}

const recordRow = z.object({ seq: z.number(), record: z.string(), hash: z.string() });
const checkpointRow = z.object({ seq: z.number(), statement: z.string(), signature: z.string() });

function readCheckpoints(database: DatabaseSync): readonly SignedCheckpoint[] {
  const found = database
    .prepare("SELECT seq, statement, signature FROM audit_checkpoints ORDER BY seq")
    .all();
  return found.map((each) => checkpointRow.parse(each));
}
