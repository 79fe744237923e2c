/**
 * Who may open now and who waits. A grant is a place that is taken before there is a record for it and given
 * back when the opening is over; from then on the record itself counts. The rules are in places.ts, the
 * order of those who wait in line.ts; this file knows what the house looks like.
 */
import { AppError } from "../base/errors.ts";
import type { SessionId } from "../base/ids.ts";
import type { Config } from "../config/schema.ts";
import { type Entering, type Waiter, WaitingLine } from "./line.ts";
import type { Asking, House } from "./places.ts";
import type { Pool, Unit } from "./pool.ts";
import type { Room } from "./room.ts";
import type { SessionRecord } from "./store.ts";
import type { Runtime, SessionRights, WaitNotice } from "./types.ts";

export interface AdmissionParts {
  readonly limits: Pick<Config["sessions"], "maxTotal" | "administratorPlaces" | "queue">;
  live(): readonly SessionRecord[];
  readonly rightsOf: (groups: readonly string[]) => SessionRights;
  readonly pool: Pick<Pool, "available" | "take" | "giveBack" | "displace">;
  /** What memory and processors allow while so many containers are starting. */
  readonly room: (starting: number) => Room;
  readonly now: () => number;
}

/** A place in the house. Disposing of it gives back what it still holds. */
export interface Grant extends Disposable {
  readonly runtime: Runtime;
  /** An unused container that is this person's alone to claim. */
  readonly unit: Unit | undefined;
  /** Resolves when there is room for a container to be made. */
  readonly roomMade: Promise<void>;
  /** From now on this record stands for the grant. */
  standsFor(id: SessionId): void;
}

export interface LineView {
  readonly waiting: number;
  /** Of them, those who wait for others of their own policy rule only. */
  readonly overQuota: number;
  readonly longestWaitMs: number;
}

interface Held extends Asking {
  session: SessionId | undefined;
}

const retryAfterSeconds = 60;
/** Memory comes and goes without an event; while somebody waits it is looked at so often. */
const lookMs = 500;

export class Admission implements Disposable {
  readonly #o: AdmissionParts;
  readonly #line: WaitingLine;
  readonly #held = new Set<Held>();
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: AdmissionParts) {
    this.#o = parts;
    this.#line = new WaitingLine(parts.limits.queue.minutes * 60_000, parts.now);
  }

  get line(): LineView {
    const { length: waiting, overQuota, longestWaitMs } = this.#line;
    return { waiting, overQuota, longestWaitMs };
  }

  /** Grants that are out: somebody is opening. */
  get opening(): number {
    return this.#held.size;
  }

  /** Waits in line when there is no place. Throws CAPACITY when the line is full or the wait was too long. */
  async enter(
    asking: Asking,
    signal: AbortSignal,
    onWait: (notice: WaitNotice) => void,
  ): Promise<Grant> {
    signal.throwIfAborted();
    const { max } = this.#o.limits.queue;
    if (this.#line.length >= max)
      throw new AppError("CAPACITY", { why: "line", position: max + 1, retryAfterSeconds });
    const { promise, resolve, reject } = Promise.withResolvers<Grant>();
    const waiter: Waiter = {
      ...asking,
      enter: (how) => resolve(this.#grant(asking, how)),
      tell: onWait,
      giveUp: (position) =>
        reject(new AppError("CAPACITY", { why: "waited", position, retryAfterSeconds })),
    };
    const leave = (): void => {
      this.#line.leave(waiter);
      reject(signal.reason as Error);
      this.advance();
    };
    signal.addEventListener("abort", leave, { once: true });
    try {
      this.#line.join(waiter);
      this.advance();
      return await promise;
    } finally {
      signal.removeEventListener("abort", leave);
    }
  }

  /** Something changed: a session ended, a container is ready, memory came back. */
  advance(): void {
    clearTimeout(this.#timer);
    if (this.#line.length === 0) return;
    this.#line.advance(this.#house());
    if (this.#line.length > 0) this.#timer = setTimeout(() => this.advance(), lookMs);
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }

  #house(): House {
    const live = this.#o.live();
    const byId = new Map(live.map((each) => [each.id, each]));
    const owned = live.filter((each) => each.ownerId !== null);
    const unowned = [...this.#held].filter(
      ({ session }) => session === undefined || (byId.get(session)?.ownerId ?? null) === null,
    );
    const administrators =
      owned.filter((each) => each.administrator).length +
      unowned.filter((each) => each.administrator).length;
    const byRule = new Map<string, number>();
    const count = (rule: string) => byRule.set(rule, (byRule.get(rule) ?? 0) + 1);
    for (const { ownerGroups } of owned) count(this.#o.rightsOf(ownerGroups).rule);
    for (const { rule } of unowned) count(rule);
    // A grant without a record will be a container in a moment.
    const coming = unowned.filter((each) => each.session === undefined).length;
    const starting = live.filter((each) => each.state === "creating").length + coming;
    const { memoryRoom, startRoom } = this.#o.room(starting);
    return {
      maxTotal: this.#o.limits.maxTotal,
      administratorPlaces: this.#o.limits.administratorPlaces,
      ordinary: owned.length + unowned.length - administrators,
      administrators,
      byRule,
      containers: live.length + coming,
      pooled: this.#o.pool.available(),
      memoryRoom,
      startRoom,
    };
  }

  #grant(asking: Asking, how: Entering): Grant {
    const { pool } = this.#o;
    const held: Held = { ...asking, session: undefined };
    let unit = how.how === "pooled" ? pool.take(asking.runtime) : undefined;
    held.session = unit?.id;
    const roomMade = how.how === "displace" ? pool.displace(how.runtime) : Promise.resolve();
    roomMade.catch(() => undefined);
    this.#held.add(held);
    return {
      runtime: asking.runtime,
      get unit() {
        return unit;
      },
      roomMade,
      standsFor: (id) => {
        held.session = id;
        unit = undefined;
      },
      [Symbol.dispose]: () => {
        this.#held.delete(held);
        if (unit) pool.giveBack(unit);
        this.advance();
      },
    };
  }
}
