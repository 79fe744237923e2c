/**
 * Sends every audit record to a syslog server, in order. The log itself is the spool: only the number of the
 * last record that was read over there is kept, and it moves on when that is known. So nothing is lost while
 * the server is away; a connection that breaks has its messages sent once more (at least once, and each
 * carries its number).
 */
import { hostname } from "node:os";
import type { DatabaseSync } from "node:sqlite";
import { setTimeout as wait } from "node:timers/promises";
import { z } from "zod";
import { migrate } from "../../store/database.ts";
import { chainedRecord } from "../chain.ts";
import type { FoundRecord } from "../search/search.ts";
import { forwardedUpTo, forwardTarget } from "./position.ts";
import { send, type SyslogServer } from "./send.ts";
import { type ForwardFormat, frame } from "./syslog.ts";

export interface ForwarderDeps {
  readonly database: DatabaseSync;
  readonly server: SyslogServer;
  readonly format: ForwardFormat;
  /** Told when it begins to fail, and when it works again. */
  readonly onState: (state: ForwardState) => void;
  /** Between two looks for new records; left out: 2 s. */
  readonly pauseMs?: number;
}

export type ForwardState =
  | { readonly outcome: "failure"; readonly reason: string; readonly waiting: number }
  | { readonly outcome: "success"; readonly upTo: number };

/** Records of one connection. */
const perConnection = 2_000;
/** From the first byte of a connection until the server has closed its end. */
const connectionMs = 30_000;
const longestPauseMs = 60_000;
/** What is on its way has this long at the end. */
const lastMs = 3_000;

export const auditForwardSteps = [
  "CREATE TABLE audit_forwarded (target TEXT PRIMARY KEY, seq INTEGER NOT NULL) STRICT",
];

export class Forwarder implements AsyncDisposable {
  readonly #o: ForwarderDeps;
  readonly #target: string;
  readonly #end = new AbortController();
  /** What is being sent is given up. */
  readonly #cut = new AbortController();
  readonly #running: Promise<void>;

  constructor(deps: ForwarderDeps) {
    this.#o = deps;
    this.#target = forwardTarget(deps.server);
    migrate(deps.database, "audit-forward", auditForwardSteps);
    this.#running = this.#run();
  }

  /** What is being sent has a moment for it: given up, it would be sent a second time after the next start. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#end.abort();
    const cut = setTimeout(() => this.#cut.abort(), lastMs);
    await this.#running;
    clearTimeout(cut);
  }

  async #run(): Promise<void> {
    const pauseMs = this.#o.pauseMs ?? 2_000;
    let failures = 0;
    while (!this.#end.signal.aborted) {
      try {
        const sent = await this.#sendNext();
        if (failures > 0 && sent > 0)
          this.#o.onState({ outcome: "success", upTo: this.#position() });
        if (sent > 0) failures = 0;
        if (sent === perConnection) continue;
      } catch (error) {
        failures += 1;
        if (failures === 1) this.#o.onState(this.#failure(error));
      }
      const pause = Math.min(longestPauseMs, pauseMs * 2 ** Math.min(failures, 10));
      await wait(pause, undefined, { signal: this.#end.signal }).catch(() => undefined);
    }
  }

  async #sendNext(): Promise<number> {
    const { database, server, format } = this.#o;
    const records = this.#next();
    const last = records.at(-1);
    if (!last) return 0;
    const host = hostname();
    const signal = AbortSignal.any([this.#cut.signal, AbortSignal.timeout(connectionMs)]);
    await send(
      server,
      records.map((each) => frame(each, format, host)),
      signal,
    );
    database
      .prepare(
        "INSERT INTO audit_forwarded VALUES (?, ?) ON CONFLICT (target) DO UPDATE SET seq = excluded.seq",
      )
      .run(this.#target, last.record.seq);
    return records.length;
  }

  #next(): readonly FoundRecord[] {
    const rows = this.#o.database
      .prepare("SELECT record, hash FROM audit_records WHERE seq > ? ORDER BY seq LIMIT ?")
      .all(this.#position(), perConnection);
    return rows.map((row) => {
      const { record, hash } = recordRow.parse(row);
      return { record: chainedRecord.parse(JSON.parse(record)), hash };
    });
  }

  #position(): number {
    return forwardedUpTo(this.#o.database, this.#target);
  }

  #failure(error: unknown): ForwardState {
    const found = this.#o.database.prepare("SELECT max(seq) AS seq FROM audit_records").get();
    const newest = newestRow.parse(found).seq ?? 0;
    const reason = error instanceof Error ? error.message : String(error);
    return { outcome: "failure", reason, waiting: newest - this.#position() };
  }
}

const recordRow = z.object({ record: z.string(), hash: z.string() });
const newestRow = z.object({ seq: z.number().nullable() });
