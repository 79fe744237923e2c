/**
 * A large audit log made at once: chained and signed as the writer does it, by the same arithmetic, but in
 * few transactions and without waiting for the disk. What the records tell is a town's: a few thousand
 * people in their sections, hosts by Zipf's law, refusals with their reference numbers, files with Japanese
 * names. The same every time.
 */
import type { KeyObject } from "node:crypto";
import {
  canonicalJson,
  type ChainHead,
  emptyHead,
  hashOf,
} from "../../../orchestrator/audit/chain.ts";
import { recordsPerCheckpoint, signCheckpoint } from "../../../orchestrator/audit/checkpoint.ts";
import { prepareAuditTables } from "../../../orchestrator/audit/tables.ts";
import { inTransaction, openDatabase } from "../../../orchestrator/store/database.ts";
import { townEvent } from "./town.ts";

export interface Fill {
  readonly path: string;
  readonly records: number;
  readonly signingKey: KeyObject;
  /** Of the first record; the last is `endMs`. */
  readonly startMs?: number;
  readonly endMs?: number;
}

const perTransaction = 50_000;

export function fillLog({ path, records, signingKey, ...given }: Fill): void {
  const endMs = given.endMs ?? Date.now();
  const startMs = given.startMs ?? endMs - 365 * 86_400_000;
  const database = openDatabase(path);
  database.exec("PRAGMA synchronous = OFF");
  prepareAuditTables(database);
  const insert = database.prepare("INSERT INTO audit_records (seq, record, hash) VALUES (?, ?, ?)");
  const seal = database.prepare(
    "INSERT INTO audit_checkpoints (seq, statement, signature) VALUES (?, ?, ?)",
  );
  let head: ChainHead = emptyHead;
  const append = (at: string) => {
    const seq = head.seq + 1;
    const event = canonicalJson(townEvent(seq));
    const record = `{"at":"${at}","event":${event},"prev":"${head.hash}","seq":${seq},"v":1}`;
    head = { seq, hash: hashOf(record) };
    insert.run(seq, record, head.hash);
    if (seq % recordsPerCheckpoint !== 0) return;
    const signed = signCheckpoint(head, at, signingKey);
    seal.run(signed.seq, signed.statement, signed.signature);
  };
  const step = (endMs - startMs) / records;
  while (head.seq < records)
    inTransaction(database, () => {
      const upTo = Math.min(records, head.seq + perTransaction);
      while (head.seq < upTo) append(new Date(startMs + head.seq * step).toISOString());
    });
  database.close();
}
