/**
 * The session service: one face for what its parts do. Opening is in open.ts (from the pool, pool.ts, or
 * cold, create.ts, in the order of admission.ts), ending in close.ts, taking over in adopt.ts. State is in the
 * store, links are in memory, containers are the engine's; `reconcile` brings the three together.
 */
import { EventEmitter } from "node:events";
import type { AuditLog } from "../audit/events.ts";
import { AppError, describeError } from "../base/errors.ts";
import type { SessionId, UserId } from "../base/ids.ts";
import { adoptFormerRun, type AdoptReport } from "./adopt.ts";
import { Admission } from "./admission.ts";
import { closeSession } from "./close.ts";
import { SessionCost } from "./cost.ts";
import { Creator } from "./create.ts";
import { Figures } from "./figures.ts";
import type { SessionLink } from "./link.ts";
import { readMachine } from "./machine.ts";
import { Opening } from "./open.ts";
import { Pool } from "./pool.ts";
import { defaultReserveBytes, type MachineFacts, type Room, roomOf } from "./room.ts";
import { sessionContainerName, specHash } from "./spec.ts";
import type { SessionParts } from "./steps.ts";
import type { SessionStore } from "./store.ts";
import type {
  EndReason,
  OpenRequest,
  Person,
  SessionRights,
  SessionService,
  SessionView,
  ViewSize,
  WaitNotice,
} from "./types.ts";
import { type CapacityView, capacityView } from "./capacity-view.ts";

interface ServiceEvents {
  /** A container is ready and linked, pooled or not; nobody owns it yet. */
  linked: [SessionId, SessionLink];
  claimed: [SessionView];
  /** A session of a process that died lives on under this one; `linked` came before. */
  adopted: [SessionView];
  ended: [SessionView, string | undefined];
}

export interface SessionsOptions extends SessionParts {
  readonly store: SessionStore;
  readonly audit: AuditLog;
  /** First address of a session that was opened without one. */
  readonly homepage: () => string;
  /** Makes an http(s) address of whatever a person typed; nothing else may reach the browser. */
  readonly resolveAddress: (typed: string) => string;
  /** What the policy in force says about the sessions of these groups. */
  readonly rightsOf: (groups: readonly string[]) => SessionRights;
  /** Another source only for tests. */
  readonly machine?: () => MachineFacts;
}

export class Sessions
  extends EventEmitter<ServiceEvents>
  implements SessionService, AsyncDisposable
{
  readonly #o: SessionsOptions;
  readonly #ending = new Map<SessionId, Promise<void>>();
  readonly #figures = new Figures();
  readonly #cost: SessionCost;
  readonly #pool: Pool;
  readonly #admission: Admission;
  readonly #opening: Opening;
  readonly #stop = new AbortController();
  /** Of the latest open, whoever's: the terminals of one house are much alike. */
  #latestSize: ViewSize | undefined;

  constructor(options: SessionsOptions) {
    super();
    this.#o = options;
    this.on("linked", (id, link) => this.#endWhenViolated(id, link));
    const { limits, store, log } = options;
    const now = () => performance.now();
    const live = () => store.live();
    const end = (id: SessionId, reason: EndReason) => this.end(id, reason);
    const creator = new Creator({
      parts: { ...options, startSize: () => this.#latestSize },
      end,
      onLinked: (id, link) => this.emit("linked", id, link),
      stop: this.#stop.signal,
    });
    this.#cost = new SessionCost({
      engine: options.engine,
      nameOf: (id) => sessionContainerName(options.installation, id),
      live,
      log,
    });
    this.#pool = new Pool({
      limits: limits.pool,
      usual: limits.runtime,
      specs: {
        runc: specHash({ ...options, runtime: "runc" }),
        runsc: specHash({ ...options, runtime: "runsc" }),
      },
      begin: (runtime) => creator.begin(runtime, true),
      end,
      mayAdd: () => this.#mayAdd(),
      onChange: () => this.#admission.advance(),
      log,
      now,
    });
    this.#admission = new Admission({
      limits,
      live,
      rightsOf: options.rightsOf,
      pool: this.#pool,
      room: (starting) => this.#room(starting),
      now,
    });
    this.#opening = new Opening({
      parts: options,
      admission: this.#admission,
      creator,
      figures: this.#figures,
      pool: this.#pool,
      current: (ownerId) => this.current(ownerId),
      end,
      onClaimed: (view) => this.emit("claimed", view),
    });
  }

  async open(
    person: Person,
    from: OpenRequest,
    signal: AbortSignal,
    onWait?: (notice: WaitNotice) => void,
  ): Promise<SessionView> {
    this.#latestSize = from.size ?? this.#latestSize;
    try {
      return await this.#opening.open(
        person,
        from,
        AbortSignal.any([signal, this.#stop.signal]),
        onWait,
      );
    } finally {
      this.scheduleRefill();
    }
  }

  find(id: SessionId): SessionView | undefined {
    return this.#o.store.find(id);
  }

  current(ownerId: UserId): SessionView | undefined {
    return this.#o.store.live().find((each) => each.ownerId === ownerId && each.state === "active");
  }

  list(): readonly SessionView[] {
    return this.#o.store.live();
  }

  link(id: SessionId): SessionLink | undefined {
    return this.#o.links.get(id);
  }

  end(id: SessionId, reason: EndReason, message?: string): Promise<void> {
    const running = this.#ending.get(id);
    if (running) return running;
    const ending = closeSession(this.#o, id, reason, (record) => {
      this.#pool.forget(id);
      this.emit("ended", record, message);
    }).finally(() => {
      this.#ending.delete(id);
      this.#admission.advance();
    });
    this.#ending.set(id, ending);
    return ending;
  }

  /** True while this process is ending it; a record in `closing` without that was left by one that died. */
  isEnding(id: SessionId): boolean {
    return this.#ending.has(id);
  }

  /** Takes over what a process that died left; before anything else is asked of this service. */
  adopt(): Promise<AdoptReport> {
    return adoptFormerRun(this.#o, {
      end: (id, reason) => this.end(id, reason),
      runtimeOf: (spec) => this.#pool.runtimeOf(spec),
      pooled: (id, runtime) => this.#pool.adopt(id, runtime),
      linked: (id, link) => this.emit("linked", id, link),
      adopted: (view) => this.emit("adopted", view),
    });
  }

  /** Looks at the pool after so long; without a time, when the browser that was just opened has settled. */
  scheduleRefill(delayMs?: number): void {
    this.#pool.schedule(delayMs);
  }

  /** The policy changed, or something else that people in line wait for. */
  reconsider(): void {
    this.#admission.advance();
  }

  /** Pool, line, memory and how long opening took. Reads the machine. */
  capacity(): CapacityView {
    const starting = this.list().filter((each) => each.state === "creating").length;
    const machine = this.#machine();
    return capacityView({
      pool: this.#pool.view,
      line: this.#admission.line,
      warm: this.#figures.of("pooled"),
      cold: this.#figures.of("cold"),
      machine,
      reserveBytes: this.#reserveBytes(machine),
      cost: this.#cost.view,
      room: this.#room(starting, machine),
    });
  }

  /** Ends every session with the reason "shutdown". */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort(new AppError("SESSION_START_FAILED", { detail: "shutting down" }));
    this.#cost[Symbol.dispose]();
    const stopped = this.#pool.stop();
    await Promise.all(this.#o.store.live().map((each) => this.end(each.id, "shutdown")));
    await stopped;
    this.#admission[Symbol.dispose]();
  }

  /** The pool never takes the memory of the next person, nor a processor from one who opens. */
  #mayAdd(): boolean {
    const { waiting, overQuota } = this.#admission.line;
    if (this.#admission.opening > 0 || waiting > overQuota) return false;
    const live = this.#o.store.live();
    if (live.length >= this.#o.limits.maxTotal) return false;
    const { memoryRoom, startRoom } = this.#room(
      live.filter((each) => each.state === "creating").length,
    );
    return memoryRoom >= 2 && startRoom >= 1;
  }

  #machine(): MachineFacts {
    return (this.#o.machine ?? readMachine)();
  }

  #reserveBytes({ totalBytes }: MachineFacts): number {
    const { hostReserveMb } = this.#o.limits;
    return hostReserveMb === undefined
      ? defaultReserveBytes(totalBytes)
      : hostReserveMb * 1024 ** 2;
  }

  #room(starting: number, machine = this.#machine()): Room {
    return roomOf({
      machine,
      reserveBytes: this.#reserveBytes(machine),
      costBytes: this.#cost.view.costBytes,
      starting,
    });
  }

  #endWhenViolated(id: SessionId, link: SessionLink): void {
    link.once("violated", (reason) => {
      this.#o.log.warn({ event: "session-violated", sessionId: id, reason });
      this.end(id, "protocol-violation").catch((error: unknown) =>
        this.#o.log.error({
          event: "session-end",
          outcome: "failure",
          reason: describeError(error),
        }),
      );
    });
  }
}
