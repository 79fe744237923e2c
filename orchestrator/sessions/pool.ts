/**
 * The warm pool: containers that nobody has used, with no person, policy or address in them. Each is handed
 * out once, or ended unused: when it is too old, made from another configuration, or in the way. Containers
 * are made one at a time, begun only when nobody opens or has just opened, and leave the processors to whoever
 * needs them meanwhile.
 */
import { describeError } from "../base/errors.ts";
import type { SessionId } from "../base/ids.ts";
import type { Log } from "../base/log.ts";
import type { Making } from "./create.ts";
import { Demand, type PoolLimits, wantedContainers } from "./pool-size.ts";
import { type EndReason, type Runtime, runtimes } from "./types.ts";

export interface PoolParts {
  readonly limits: PoolLimits & { readonly maxAgeMinutes: number };
  /** Runtime that most sessions have. */
  readonly usual: Runtime;
  /** Hash of everything a container of this runtime is made from. */
  readonly specs: Readonly<Record<Runtime, string>>;
  begin(runtime: Runtime): Making;
  end(id: SessionId, reason: EndReason): Promise<void>;
  /** False while somebody opens or waits, and when the machine should keep what it has. */
  mayAdd(): boolean;
  /** Something was added or is gone. */
  onChange(): void;
  readonly log: Log;
  readonly now: () => number;
}

export interface Unit {
  readonly id: SessionId;
  readonly runtime: Runtime;
  readonly spec: string;
  readonly madeAt: number;
  ready: boolean;
  failed: boolean;
  /** Settles when it is ready or has failed. */
  readonly made: Promise<unknown>;
  /** Somebody waits for it from now on. */
  readonly hurry: () => void;
}

export interface PoolView {
  readonly wanted: number;
  readonly ready: number;
  readonly creating: number;
  readonly hits: number;
  /** Opens that took over a container while it was still starting. */
  readonly late: number;
  readonly misses: number;
  readonly retired: number;
}

/** Long enough for the browser that was just opened to show its page. */
const quietMs = 1500;
/** How often an idle pool looks at its age and at the demand. */
const lookMs = 15_000;

export class Pool {
  readonly #o: PoolParts;
  readonly #units = new Map<SessionId, Unit>();
  readonly #demand: Record<Runtime, Demand>;
  readonly #count = { hits: 0, late: 0, misses: 0, retired: 0 };
  #work: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  /** Nothing is made before. */
  #quietUntil = 0;
  #stopped = false;

  constructor(parts: PoolParts) {
    this.#o = parts;
    this.#demand = { runc: new Demand(parts.now), runsc: new Demand(parts.now) };
  }

  get view(): PoolView {
    const units = [...this.#units.values()];
    const ready = units.filter((each) => each.ready).length;
    const { runc, runsc } = this.#wanted();
    return { wanted: runc + runsc, ready, creating: units.length - ready, ...this.#count };
  }

  /** Containers that can be handed out, those that are still starting included. */
  available(): Readonly<Record<Runtime, number>> {
    const of = (runtime: Runtime) => [...this.#units.values()].filter(this.#fits(runtime)).length;
    return { runc: of("runc"), runsc: of("runsc") };
  }

  /** Takes one out for good: a ready one before one that is starting, the oldest first. */
  take(runtime: Runtime): Unit | undefined {
    const fitting = [...this.#units.values()].filter(this.#fits(runtime));
    const unit = fitting.find((each) => each.ready) ?? fitting[0];
    if (unit) this.#units.delete(unit.id);
    return unit;
  }

  /** Whoever was to have it left before it was claimed: it is as unused as before. */
  giveBack(unit: Unit): void {
    if (!this.#stopped && !unit.failed) this.#units.set(unit.id, unit);
    this.#o.onChange();
  }

  /** Of a waiting container; undefined when it is made from something else than today's. */
  runtimeOf(spec: string | undefined): Runtime | undefined {
    return runtimes.find((each) => this.#o.specs[each] === spec);
  }

  /** A waiting container of a former process. */
  adopt(id: SessionId, runtime: Runtime): void {
    this.#units.set(id, {
      id,
      runtime,
      spec: this.#o.specs[runtime],
      madeAt: this.#o.now(),
      ready: true,
      failed: false,
      made: Promise.resolve(),
      hurry: () => undefined,
    });
  }

  /** It is being ended, whoever asked for that. */
  forget(id: SessionId): void {
    if (this.#units.delete(id)) this.schedule();
  }

  opened(runtime: Runtime, how: "hits" | "late" | "misses"): void {
    this.#demand[runtime].opened();
    this.#count[how] += 1;
  }

  /** Ends one unused container of this runtime to make room; resolves when it is gone. */
  async displace(runtime: Runtime): Promise<void> {
    const unit = this.take(runtime);
    if (unit) await this.#retire(unit);
  }

  /** Looks at the pool after so long and not before; an earlier appointment is replaced. */
  schedule(delayMs = quietMs): void {
    this.#quietUntil = this.#o.now() + delayMs;
    this.#appoint(delayMs);
  }

  #appoint(delayMs: number): void {
    if (this.#stopped) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => this.#run(),
      Math.max(delayMs, this.#quietUntil - this.#o.now()),
    );
  }

  /** No further container; resolves when the one under way is settled. Units that live are the service's to end. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    await this.#work;
  }

  #fits(runtime: Runtime): (unit: Unit) => boolean {
    const spec = this.#o.specs[runtime];
    return (unit) => unit.runtime === runtime && unit.spec === spec;
  }

  #wanted(): Readonly<Record<Runtime, number>> {
    const demand = { runc: this.#demand.runc.value, runsc: this.#demand.runsc.value };
    return wantedContainers(demand, this.#o.usual, this.#o.limits);
  }

  #run(): void {
    // Whatever is under way appoints the next look itself.
    this.#work ??= this.#lookAndAppoint().finally(() => (this.#work = undefined));
  }

  async #lookAndAppoint(): Promise<void> {
    let nextMs = lookMs;
    try {
      nextMs = await this.#look();
    } catch (error) {
      // A full house or a sick engine; the next open or look tries again.
      this.#o.log.warn({ event: "pool-refill", outcome: "failure", reason: describeError(error) });
    }
    this.#appoint(nextMs);
  }

  /** One act at a time; resolves with the time to the next look. */
  async #look(): Promise<number> {
    const surplus = this.#surplus();
    if (surplus) {
      this.#units.delete(surplus.id);
      await this.#retire(surplus);
      return 0;
    }
    const missing = this.#missing();
    if (missing === undefined) return lookMs;
    if (!this.#o.mayAdd()) return quietMs;
    await this.#add(missing);
    return 0;
  }

  /** One made from another configuration, or more than are wanted: the oldest. */
  #surplus(): Unit | undefined {
    const wanted = this.#wanted();
    return runtimes
      .flatMap((runtime) => {
        const own = [...this.#units.values()].filter((each) => each.runtime === runtime);
        const fits = this.#fits(runtime);
        const stale = own.find((each) => each.ready && !fits(each));
        const fresh = own.filter((each) => !this.#isOld(each)).length;
        const spare = own.length > wanted[runtime] ? own.find((each) => each.ready) : undefined;
        // An old one stays until its successor is there.
        const old =
          fresh >= wanted[runtime]
            ? own.find((each) => each.ready && this.#isOld(each))
            : undefined;
        return stale ?? old ?? spare ?? [];
      })
      .at(0);
  }

  #missing(): Runtime | undefined {
    const wanted = this.#wanted();
    return runtimes.find((runtime) => {
      const fresh = [...this.#units.values()].filter(this.#fits(runtime));
      return fresh.filter((each) => !this.#isOld(each)).length < wanted[runtime];
    });
  }

  #isOld({ madeAt }: Unit): boolean {
    return this.#o.now() - madeAt > this.#o.limits.maxAgeMinutes * 60_000;
  }

  async #add(runtime: Runtime): Promise<void> {
    const spec = this.#o.specs[runtime];
    const { id, made, hurry } = this.#o.begin(runtime);
    const unit: Unit = {
      id,
      runtime,
      spec,
      madeAt: this.#o.now(),
      ready: false,
      failed: false,
      made,
      hurry,
    };
    this.#units.set(id, unit);
    this.#o.onChange();
    try {
      await made;
      unit.ready = true;
    } catch (error) {
      unit.failed = true;
      this.#units.delete(id);
      throw error;
    } finally {
      this.#o.onChange();
    }
  }

  async #retire(unit: Unit): Promise<void> {
    this.#count.retired += 1;
    await unit.made.catch(() => undefined);
    await this.#o.end(unit.id, "pool-retired");
    this.#o.onChange();
  }
}
