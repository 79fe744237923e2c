/**
 * Appends to the audit log. When `write` returns the record is in the store, chained; when it cannot be
 * kept, `write` throws and the act it belongs to must not go on. Several processes may append to one
 * file (server and commands): the head is read inside the writing transaction, never remembered.
 */
import type { KeyObject } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import { z } from "zod";
import { inTransaction } from "../store/database.ts";
import { type ChainHead, chainOne } from "./chain.ts";
import {
  checkpointMs,
  recordsPerCheckpoint,
  type SignedCheckpoint,
  signCheckpoint,
} from "./checkpoint.ts";
import { type AuditEvent, type AuditLog, auditEvent } from "./events.ts";
import { prepareAuditTables, readHead } from "./tables.ts";

export interface AuditWriterDeps {
  readonly database: DatabaseSync;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly signingKey: KeyObject;
  /** Called for each checkpoint: written to the ordinary log it leaves the machine with log shipping. */
  readonly onCheckpoint?: (checkpoint: SignedCheckpoint) => void;
  /** A checkpoint on the timer could not be written. */
  readonly onCheckpointFailure?: (error: unknown) => void;
}

export interface AuditWriter extends AuditLog, Disposable {
  /** Signs the head when anything was written since the last checkpoint. */
  checkpoint(): void;
}

/** Disposing stops the timer and signs the head a last time. */
export function createAuditWriter(deps: AuditWriterDeps): AuditWriter {
  const { database, now, signingKey } = deps;
  prepareAuditTables(database);
  const insert = database.prepare("INSERT INTO audit_records (seq, record, hash) VALUES (?, ?, ?)");
  const at = () => new Date(now()).toISOString();

  function append(event: AuditEvent): SignedCheckpoint | undefined {
    const before = readHead(database);
    const seq = before.seq + 1;
    const stored = chainOne({ v: 1, seq, at: at(), prev: before.hash, event });
    insert.run(stored.seq, stored.record, stored.hash);
    return seq - lastCheckpointSeq(database) >= recordsPerCheckpoint ? seal(stored) : undefined;
  }

  function seal(head: ChainHead): SignedCheckpoint {
    const signed = signCheckpoint(head, at(), signingKey);
    database
      .prepare("INSERT INTO audit_checkpoints (seq, statement, signature) VALUES (?, ?, ?)")
      .run(signed.seq, signed.statement, signed.signature);
    return signed;
  }

  /** Joins a transaction that is already open: then the record is kept or lost together with the act. */
  function atomically(work: () => SignedCheckpoint | undefined): void {
    const signed = database.isTransaction ? work() : inTransaction(database, work);
    if (signed) deps.onCheckpoint?.(signed);
  }

  const writer: AuditWriter = {
    write(event) {
      const checked = auditEvent.parse(event);
      atomically(() => append(checked));
    },
    checkpoint() {
      atomically(() => {
        const head = readHead(database);
        return head.seq > lastCheckpointSeq(database) ? seal(head) : undefined;
      });
    },
    [Symbol.dispose]() {
      clearInterval(timer);
      writer.checkpoint();
    },
  };
  const timer = setInterval(() => {
    try {
      writer.checkpoint();
    } catch (error) {
      // Disk full, or another process holds the file for long: the next round signs what this one could not.
      deps.onCheckpointFailure?.(error);
    }
  }, checkpointMs);
  timer.unref();
  return writer;
}

const lastRow = z.object({ seq: z.number().nullable() });

function lastCheckpointSeq(database: DatabaseSync): number {
  const found = database.prepare("SELECT max(seq) AS seq FROM audit_checkpoints").get();
  return lastRow.parse(found).seq ?? 0;
}
