/**
 * The way of records out of this process: gathered for a hundredth of a second and sent as one message,
 * because a message costs far more than a record. Nothing is dropped.
 */
import { type DecisionRecord, maxRecordsPerMessage } from "./ipc.ts";

const gatherMs = 10;

export class RecordChannel {
  readonly #send: (records: DecisionRecord[]) => void;
  #pending: DecisionRecord[] = [];

  constructor(send: (records: DecisionRecord[]) => void) {
    this.#send = send;
  }

  add(record: DecisionRecord): void {
    this.#pending.push(record);
    if (this.#pending.length === 1) setTimeout(() => this.flush(), gatherMs);
    else if (this.#pending.length >= maxRecordsPerMessage) this.flush();
  }

  flush(): void {
    if (this.#pending.length === 0) return;
    const records = this.#pending;
    this.#pending = [];
    this.#send(records);
  }
}
