/**
 * What one session costs in memory, measured on those that run: the average over the sessions people use,
 * else over the waiting ones, else a careful estimate. Never the configured limit: nearly nobody reaches it.
 */
import { describeError } from "../base/errors.ts";
import type { SessionId } from "../base/ids.ts";
import type { Log } from "../base/log.ts";
import type { EngineClient } from "../engine/client.ts";
import { containerBytes } from "./machine.ts";
import type { SessionRecord } from "./store.ts";

export interface CostParts {
  readonly engine: Pick<EngineClient, "inspect">;
  readonly nameOf: (id: SessionId) => string;
  live(): readonly SessionRecord[];
  readonly log: Log;
}

export interface CostView {
  readonly costBytes: number;
  /** How many sessions it was measured on; 0 means estimated. */
  readonly measuredOn: number;
}

const estimateBytes = 320 * 1024 ** 2;
/** A reading below this is a container that has not begun, or memory that is accounted elsewhere. */
const leastBytes = 96 * 1024 ** 2;
const everyMs = 10_000;

export class SessionCost implements Disposable {
  readonly #o: CostParts;
  readonly #pids = new Map<SessionId, number>();
  readonly #timer: NodeJS.Timeout;
  #view: CostView = { costBytes: estimateBytes, measuredOn: 0 };
  #measuring = false;

  constructor(parts: CostParts) {
    this.#o = parts;
    this.#timer = setInterval(() => void this.#measureOnce(), everyMs);
    this.#timer.unref();
  }

  get view(): CostView {
    return this.#view;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  /** Reads every living container once. */
  async measure(): Promise<CostView> {
    const live = this.#o.live();
    const ids = new Set(live.map((each) => each.id));
    for (const id of this.#pids.keys()) if (!ids.has(id)) this.#pids.delete(id);
    const used = await this.#readings(live.filter((each) => each.state === "active"));
    const waiting =
      used.length > 0 ? [] : await this.#readings(live.filter((each) => each.state === "ready"));
    const readings = used.length > 0 ? used : waiting;
    if (readings.length > 0) {
      const sum = readings.reduce((all, each) => all + each, 0);
      this.#view = { costBytes: Math.round(sum / readings.length), measuredOn: readings.length };
    }
    return this.#view;
  }

  async #readings(records: readonly SessionRecord[]): Promise<number[]> {
    const bytes: number[] = [];
    for (const { id } of records) {
      const read = containerBytes(await this.#pidOf(id));
      if (read !== null && read >= leastBytes) bytes.push(read);
    }
    return bytes;
  }

  async #pidOf(id: SessionId): Promise<number> {
    const known = this.#pids.get(id);
    if (known !== undefined) return known;
    const { State } = await this.#o.engine.inspect(this.#o.nameOf(id));
    this.#pids.set(id, State.Pid);
    return State.Pid;
  }

  async #measureOnce(): Promise<void> {
    if (this.#measuring) return;
    this.#measuring = true;
    try {
      await this.measure();
    } catch (error) {
      // A container that ended between the list and the look; the next round has another list.
      this.#o.log.debug({
        event: "session-cost",
        outcome: "failure",
        reason: describeError(error),
      });
    } finally {
      this.#measuring = false;
    }
  }
}
