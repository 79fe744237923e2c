/**
 * Appends to the audit log. When `write` returns, or what `record` returned resolves, the record is in the
 * store, chained; when it cannot be kept, they throw or reject and the act it belongs to must not go on.
 * Several processes may append to one file (server and commands): the head is read inside the writing
 * transaction, never remembered.
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
import { type AuditEvent, type AuditLog, type AuditStream, auditEvent } from "./events.ts";
import { withoutQueries } from "./privacy.ts";
import { prepareAuditTables, readHead } from "./tables.ts";

export interface AuditWriterDeps {
  readonly database: DatabaseSync;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly signingKey: KeyObject;
  /** The section that somebody is in now; records keep the one of their moment. */
  readonly sectionOf?: (userId: string) => string | undefined;
  /** Addresses are recorded up to their "?". */
  readonly dropQueryStrings?: boolean;
  /** Called for each checkpoint: written to the ordinary log it leaves the machine with log shipping. */
  readonly onCheckpoint?: (checkpoint: SignedCheckpoint) => void;
  /** A checkpoint on the timer could not be written. */
  readonly onCheckpointFailure?: (error: unknown) => void;
}

export interface AuditWriter extends AuditLog, AuditStream, Disposable {
  /** Signs the head when anything was written since the last checkpoint. */
  checkpoint(): void;
}

/**
 * A commit waits for the disk and holds up everything else in this process meanwhile. However many records come,
 * the process has as long for itself as the last commit took, up to this.
 */
const longestRestMs = 20;

/** Somebody who waits for the commit that they share with others. */
interface Waiting {
  readonly event: AuditEvent;
  readonly kept: () => void;
  readonly lost: (error: unknown) => void;
}

/** Disposing keeps what still waits, stops the timer and signs the head a last time. */
export function createAuditWriter(deps: AuditWriterDeps): AuditWriter {
  const { database, now, signingKey } = deps;
  prepareAuditTables(database);
  const insert = database.prepare("INSERT INTO audit_records (seq, record, hash) VALUES (?, ?, ?)");
  const newestCheckpoint = database.prepare("SELECT max(seq) AS seq FROM audit_checkpoints");
  const at = () => new Date(now()).toISOString();
  let waiting: Waiting[] = [];
  let restUntilMs = 0;

  const signedUpTo = () => lastRow.parse(newestCheckpoint.get()).seq ?? 0;

  /** Throws for what the schema does not know. */
  function complete(event: AuditEvent): AuditEvent {
    const section = event.userId === undefined ? undefined : deps.sectionOf?.(event.userId);
    const checked = auditEvent.parse(section === undefined ? event : { section, ...event });
    return deps.dropQueryStrings === true ? withoutQueries(checked) : checked;
  }

  function append(events: readonly AuditEvent[]): readonly SignedCheckpoint[] {
    const made: SignedCheckpoint[] = [];
    let head = readHead(database);
    let signed = signedUpTo();
    for (const event of events) {
      const seq = head.seq + 1;
      const stored = chainOne({ v: 1, seq, at: at(), prev: head.hash, event });
      insert.run(stored.seq, stored.record, stored.hash);
      head = stored;
      if (seq - signed < recordsPerCheckpoint) continue;
      made.push(seal(head));
      signed = seq;
    }
    return made;
  }

  function seal(head: ChainHead): SignedCheckpoint {
    const signed = signCheckpoint(head, at(), signingKey);
    database
      .prepare("INSERT INTO audit_checkpoints (seq, statement, signature) VALUES (?, ?, ?)")
      .run(signed.seq, signed.statement, signed.signature);
    return signed;
  }

  /** Joins a transaction that is already open: then the record is kept or lost together with the act. */
  function atomically(work: () => readonly SignedCheckpoint[]): void {
    const made = database.isTransaction ? work() : inTransaction(database, work);
    for (const each of made) deps.onCheckpoint?.(each);
  }

  function keepWaiting(): void {
    const batch = waiting;
    if (batch.length === 0) return;
    waiting = [];
    const startedAtMs = performance.now();
    try {
      atomically(() => append(batch.map(({ event }) => event)));
    } catch (error) {
      for (const { lost } of batch) lost(error);
      return;
    } finally {
      const endedAtMs = performance.now();
      restUntilMs = endedAtMs + Math.min(endedAtMs - startedAtMs, longestRestMs);
    }
    for (const { kept } of batch) kept();
  }

  /** At once, unless the last commit was a moment ago: then what comes meanwhile shares the next one. */
  function keepSoon(): void {
    const rest = restUntilMs - performance.now();
    if (rest > 0) setTimeout(keepWaiting, rest);
    else setImmediate(keepWaiting);
  }

  const writer: AuditWriter = {
    write(event) {
      const checked = complete(event);
      // What was told before stands before. Inside somebody's transaction it would share that one's fate.
      if (!database.isTransaction) keepWaiting();
      atomically(() => append([checked]));
    },
    async record(event) {
      const checked = complete(event);
      await new Promise<void>((kept, lost) => {
        waiting.push({ event: checked, kept, lost });
        if (waiting.length === 1) keepSoon();
      });
    },
    checkpoint() {
      atomically(() => {
        const head = readHead(database);
        return head.seq > signedUpTo() ? [seal(head)] : [];
      });
    },
    [Symbol.dispose]() {
      clearInterval(timer);
      keepWaiting();
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
