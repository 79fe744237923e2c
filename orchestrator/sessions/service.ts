/**
 * The session service: opens (from the pool or cold), ends, and knows what lives. State is in the store,
 * links are in memory, containers are the engine's; `reconcile` brings the three together.
 */
import { EventEmitter } from "node:events";
import { deadline } from "../base/deadline.ts";
import { AppError, describeError, isAppError } from "../base/errors.ts";
import { newSessionId, type SessionId, type UserId } from "../base/ids.ts";
import { Mutex } from "../base/mutex.ts";
import type { AuditLog } from "../audit/events.ts";
import type { SessionLink } from "./link.ts";
import { adoptFormerRun, type AdoptReport } from "./adopt.ts";
import { closeSession } from "./close.ts";
import { runSteps } from "./run-steps.ts";
import { type SessionParts, sessionSteps } from "./steps.ts";
import type { SessionRecord, SessionStore } from "./store.ts";
import type { EndReason, Person, SessionService, SessionView } from "./types.ts";

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
  readonly homepage: string;
  /** Makes an http(s) address of whatever a person typed; nothing else may reach the browser. */
  readonly resolveAddress: (typed: string) => string;
}

const refillDelayMs = 1500;

export class Sessions
  extends EventEmitter<ServiceEvents>
  implements SessionService, AsyncDisposable
{
  readonly #o: SessionsOptions;
  readonly #perPerson = new Map<UserId, Mutex>();
  readonly #ending = new Map<SessionId, Promise<void>>();
  readonly #filling = new Set<Promise<void>>();
  #refill: NodeJS.Timeout | undefined;
  #openInProgress = 0;
  readonly #stop = new AbortController();

  constructor(options: SessionsOptions) {
    super();
    this.#o = options;
    this.on("linked", (id, link) => this.#endWhenViolated(id, link));
  }

  async open(
    person: Person,
    from: { terminal: string; url?: string },
    signal: AbortSignal,
  ): Promise<SessionView> {
    const mutex = this.#perPerson.get(person.id) ?? new Mutex();
    this.#perPerson.set(person.id, mutex);
    this.#openInProgress += 1;
    try {
      return await mutex.run(() => this.#openOrReturn(person, from, signal));
    } finally {
      this.#openInProgress -= 1;
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
    const ending = closeSession(this.#o, id, reason, (record) =>
      this.emit("ended", record, message),
    ).finally(() => this.#ending.delete(id));
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
      linked: (id, link) => this.emit("linked", id, link),
      adopted: (view) => this.emit("adopted", view),
    });
  }

  /** Brings the pool to its size, one after the other, never while somebody is opening. */
  scheduleRefill(delayMs = refillDelayMs): void {
    if (this.#stop.signal.aborted) return;
    this.#refill?.close();
    this.#refill = setTimeout(() => {
      if (this.#openInProgress > 0) return this.scheduleRefill();
      const filling = this.#fillOne().finally(() => this.#filling.delete(filling));
      this.#filling.add(filling);
    }, delayMs);
  }

  /** Ends every session with the reason "shutdown". */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort(new AppError("SESSION_START_FAILED", { detail: "shutting down" }));
    clearTimeout(this.#refill);
    await Promise.all(this.#o.store.live().map((each) => this.end(each.id, "shutdown")));
    await Promise.all(this.#filling);
  }

  async #openOrReturn(
    person: Person,
    from: { terminal: string; url?: string },
    signal: AbortSignal,
  ): Promise<SessionView> {
    const current = this.current(person.id);
    if (current && this.link(current.id)?.connected === true) {
      if (from.url !== undefined)
        this.link(current.id)?.send({ type: "new-tab", url: this.#o.resolveAddress(from.url) });
      return current;
    }
    if (current) await this.end(current.id, "container-died");
    const startedAt = performance.now();
    const warm = await this.#claimWarm(person, from, signal);
    const opened = warm ?? (await this.#openCold(person, from, signal));
    this.#o.audit.write({
      action: "session-start",
      outcome: "success",
      userId: person.id,
      userName: person.name,
      terminal: from.terminal,
      sessionId: opened.id,
      details: { warm: warm !== undefined, durationMs: Math.round(performance.now() - startedAt) },
    });
    return opened;
  }

  /** A pooled container is claimed once and never returned; a dead one found on the way is ended. */
  async #claimWarm(
    person: Person,
    from: { terminal: string; url?: string },
    signal: AbortSignal,
  ): Promise<SessionView | undefined> {
    for (const pooled of this.#o.store.live().filter((each) => each.state === "ready")) {
      if (this.link(pooled.id)?.connected !== true) {
        await this.end(pooled.id, "container-died");
        continue;
      }
      const claimed = await this.#claim(pooled, person, from, signal);
      if (claimed) return claimed;
    }
    return undefined;
  }

  async #openCold(
    person: Person,
    from: { terminal: string; url?: string },
    signal: AbortSignal,
  ): Promise<SessionView> {
    const record = await this.#create(false, signal);
    const claimed = await this.#claim(record, person, from, signal);
    if (!claimed) throw new AppError("SESSION_START_FAILED", { session: record.id });
    return claimed;
  }

  async #claim(
    pooled: SessionRecord,
    person: Person,
    from: { terminal: string; url?: string },
    signal: AbortSignal,
  ): Promise<SessionView | undefined> {
    const expiresAt = new Date(Date.now() + this.#o.limits.lifetimeHours * 3_600_000);
    const { idleMinutes } = this.#o.limits;
    if (
      !this.#o.store.claim(pooled.id, { person, terminal: from.terminal, expiresAt, idleMinutes })
    )
      return undefined;
    try {
      await this.#o.door.claim(pooled.id, { user: person.name, groups: person.groups }, signal);
    } catch (error) {
      await this.end(pooled.id, "start-failed");
      throw new AppError("SESSION_START_FAILED", { session: pooled.id }, error);
    }
    this.link(pooled.id)?.send({
      type: "navigate",
      url: from.url === undefined ? this.#o.homepage : this.#o.resolveAddress(from.url),
    });
    const view = this.#o.store.get(pooled.id);
    this.emit("claimed", view);
    return view;
  }

  async #create(warm: boolean, signal?: AbortSignal): Promise<SessionRecord> {
    this.#stop.signal.throwIfAborted();
    const { store, limits, log } = this.#o;
    const id = newSessionId();
    const record = store.begin(id, { warm, firstUid: limits.firstUid, maxTotal: limits.maxTotal });
    const until = deadline(
      limits.startSeconds * 1000,
      "session start",
      signal ? AbortSignal.any([signal, this.#stop.signal]) : this.#stop.signal,
    );
    const startedAt = performance.now();
    try {
      await runSteps(sessionSteps(this.#o, record), log, until);
      store.markReady(id);
    } catch (error) {
      const weaker = isAppError(error, "ISOLATION_WEAKER");
      if (weaker) this.#auditWeaker(id, error);
      await this.end(id, weaker ? "isolation-refused" : "start-failed");
      log.error({
        event: "session-create",
        outcome: "failure",
        sessionId: id,
        reason: describeError(error),
      });
      if (weaker) throw error;
      throw new AppError("SESSION_START_FAILED", { session: id }, error);
    }
    log.info({
      event: "session-create",
      outcome: "success",
      sessionId: id,
      warm,
      durationMs: Math.round(performance.now() - startedAt),
    });
    const link = this.link(id);
    if (link) this.emit("linked", id, link);
    return store.get(id);
  }

  #auditWeaker(id: SessionId, { context }: AppError): void {
    const { flags, flag, wanted, found } = context;
    this.#o.audit.write({
      action: "isolation-check",
      outcome: "refused",
      sessionId: id,
      reason: String(flags).slice(0, 256),
      details: { flag: flag ?? null, wanted: wanted ?? null, found: found ?? null },
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

  async #fillOne(): Promise<void> {
    try {
      const pooled = this.#o.store
        .live()
        .filter((each) => each.state === "ready" || (each.state === "creating" && each.warm));
      if (pooled.length >= this.#o.limits.poolSize) return;
      await this.#create(true);
      this.scheduleRefill();
    } catch (error) {
      // A full house or a sick engine; the next open or reconcile tries again.
      this.#o.log.warn({ event: "pool-refill", outcome: "failure", reason: describeError(error) });
    }
  }
}
