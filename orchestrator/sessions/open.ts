/**
 * Opening: one session per person, however many pages ask at once. All of them share one acquisition, which
 * goes on while at least one of them still waits; a page that asks twice with the same key (reloaded, or
 * sent again after a broken connection) is given its session and not another tab.
 */
import { once } from "node:events";
import { deadline, waitFor } from "../base/deadline.ts";
import { AppError } from "../base/errors.ts";
import type { SessionId, UserId } from "../base/ids.ts";
import type { Admission, Grant } from "./admission.ts";
import { claim, type Claimed, type ClaimParts } from "./claim.ts";
import type { Creator } from "./create.ts";
import type { Figures, How } from "./figures.ts";
import type { Pool } from "./pool.ts";
import type {
  EndReason,
  OpenRequest,
  Person,
  SessionRights,
  SessionView,
  WaitNotice,
} from "./types.ts";

export interface OpenParts extends ClaimParts {
  readonly rightsOf: (groups: readonly string[]) => SessionRights;
}

export interface OpeningOptions {
  readonly parts: OpenParts;
  readonly admission: Admission;
  readonly creator: Creator;
  readonly figures: Figures;
  readonly pool: Pick<Pool, "opened">;
  current(ownerId: UserId): SessionView | undefined;
  end(id: SessionId, reason: EndReason): Promise<void>;
  onClaimed(view: SessionView): void;
}

type OnWait = (notice: WaitNotice) => void;

/** One person's way to a session; shared by all their pages that ask meanwhile. */
interface Acquisition {
  readonly result: Promise<SessionView>;
  readonly stop: AbortController;
  readonly listeners: Set<OnWait>;
  askers: number;
  latest: WaitNotice | undefined;
}

/** A page that asks again within this time with the same key is the same click. */
const keyMs = 60_000;
/** An agent whose connection broke dials again every 100 ms. */
const redialMs = 2000;

export class Opening {
  readonly #o: OpeningOptions;
  readonly #acquisitions = new Map<UserId, Acquisition>();
  /** Clicks that were refused, and when. */
  readonly #refused = new Map<string | symbol, number>();
  readonly #delivered = new Map<string | symbol, { session: SessionId; at: number }>();

  constructor(options: OpeningOptions) {
    this.#o = options;
  }

  async open(
    person: Person,
    from: OpenRequest,
    signal: AbortSignal,
    onWait: OnWait = () => undefined,
  ): Promise<SessionView> {
    const click = from.key === undefined ? Symbol("click") : `${person.id} ${from.key}`;
    const view = await this.#join(person, from, click, signal, onWait);
    this.#deliver(view, from, click);
    return view;
  }

  /** Shows the address in a new tab unless this click has been served already. */
  #deliver(view: SessionView, from: OpenRequest, click: string | symbol): void {
    const now = performance.now();
    for (const [each, { at }] of this.#delivered)
      if (now - at > keyMs) this.#delivered.delete(each);
    if (this.#delivered.get(click)?.session === view.id) return;
    this.#delivered.set(click, { session: view.id, at: now });
    if (from.url === undefined) return;
    const url = this.#o.parts.resolveAddress(from.url);
    this.#o.parts.links.get(view.id)?.send({ type: "new-tab", url });
  }

  async #join(
    person: Person,
    from: OpenRequest,
    click: string | symbol,
    signal: AbortSignal,
    onWait: OnWait,
  ): Promise<SessionView> {
    signal.throwIfAborted();
    let acquisition = this.#acquisitions.get(person.id);
    while (acquisition?.stop.signal.aborted === true) {
      // Everybody left the former one; it is being taken apart and must be gone first.
      await waitFor(settled(acquisition.result), signal);
      acquisition = this.#acquisitions.get(person.id);
    }
    acquisition ??= this.#begin(person, from, click);
    acquisition.askers += 1;
    acquisition.listeners.add(onWait);
    if (acquisition.latest) onWait(acquisition.latest);
    try {
      return await waitFor(acquisition.result, signal);
    } finally {
      acquisition.listeners.delete(onWait);
      acquisition.askers -= 1;
      if (acquisition.askers === 0) acquisition.stop.abort(signal.reason);
    }
  }

  #begin(person: Person, from: OpenRequest, click: string | symbol): Acquisition {
    const stop = new AbortController();
    const listeners = new Set<OnWait>();
    const tell = (notice: WaitNotice): void => {
      acquisition.latest = notice;
      for (const each of listeners) each(notice);
    };
    // A turn of the loop later, so that the first asker is counted before anything can be told.
    const result = Promise.resolve()
      .then(() => this.#acquire(person, from, click, stop.signal, tell))
      .finally(() => this.#acquisitions.delete(person.id));
    result.catch(() => undefined);
    const acquisition: Acquisition = { result, stop, listeners, askers: 0, latest: undefined };
    this.#acquisitions.set(person.id, acquisition);
    return acquisition;
  }

  async #acquire(
    person: Person,
    from: OpenRequest,
    click: string | symbol,
    signal: AbortSignal,
    tell: OnWait,
  ): Promise<SessionView> {
    const running = await this.#running(person.id, signal);
    if (running) return running;
    const rights = this.#o.parts.rightsOf(person.groups);
    if (!rights.session) this.#refuse(person, from, rights.rule, click);
    const askedAt = performance.now();
    using grant = await this.#o.admission.enter(
      {
        rule: rights.rule,
        ...(rights.maxSessions === undefined ? {} : { maxSessions: rights.maxSessions }),
        administrator: person.administrator === true,
        runtime: rights.runtime ?? this.#o.parts.limits.runtime,
      },
      signal,
      tell,
    );
    const enteredAt = performance.now();
    const { view, how } = await this.#take(
      grant,
      { person, from, rights, askedAt, enteredAt },
      signal,
    );
    this.#delivered.set(click, { session: view.id, at: performance.now() });
    this.#o.figures.opened(how, performance.now() - enteredAt);
    return view;
  }

  /** The person's session, if it lives; one whose container is gone is ended. */
  async #running(ownerId: UserId, signal: AbortSignal): Promise<SessionView | undefined> {
    const current = this.#o.current(ownerId);
    if (!current) return undefined;
    const link = this.#o.parts.links.get(current.id);
    const patience = deadline(redialMs, "container's connection", signal);
    // Both outcomes are looked at below.
    if (link?.connected === false) await settled(once(link, "up", { signal: patience }));
    signal.throwIfAborted();
    if (link?.connected === true && this.#o.current(ownerId)?.id === current.id) return current;
    await this.#o.end(current.id, "container-died");
    return undefined;
  }

  /** One click is one refusal, although the portal and the tab it opens both ask. */
  #refuse(person: Person, from: OpenRequest, rule: string, click: string | symbol): never {
    const now = performance.now();
    for (const [each, at] of this.#refused) if (now - at > keyMs) this.#refused.delete(each);
    const again = this.#refused.has(click);
    this.#refused.set(click, now);
    if (again) throw new AppError("SESSION_NOT_ALLOWED", { rule });
    this.#o.parts.audit.write({
      action: "session-start",
      outcome: "refused",
      userId: person.id,
      userName: person.name,
      terminal: from.terminal,
      reason: rule,
    });
    throw new AppError("SESSION_NOT_ALLOWED", { rule });
  }

  /** The granted container, or a new one; a granted one that does not answer is replaced. */
  async #take(
    grant: Grant,
    by: Omit<Claimed, "runtime" | "how">,
    signal: AbortSignal,
  ): Promise<{ view: SessionView; how: How }> {
    const { pool } = this.#o;
    const { runtime, unit } = grant;
    if (unit) {
      const how = unit.ready ? "hits" : "late";
      if (!unit.ready) unit.hurry();
      const started = await waitFor(settled(unit.made), signal);
      // Given back untouched until here; from here on it is this person's or nobody's.
      grant.standsFor(unit.id);
      const view = started
        ? await this.#claim(unit.id, { ...by, runtime, how: "pooled" }, signal)
        : undefined;
      if (view) {
        pool.opened(runtime, how);
        return { view, how: "pooled" };
      }
    }
    await waitFor(grant.roomMade, signal);
    const { id, made } = this.#o.creator.begin(runtime, false, signal);
    grant.standsFor(id);
    await made;
    const view = await this.#claim(id, { ...by, runtime, how: "cold" }, signal);
    if (!view) throw new AppError("SESSION_START_FAILED", { session: id });
    pool.opened(runtime, "misses");
    return { view, how: "cold" };
  }

  async #claim(
    id: SessionId,
    claimed: Claimed,
    signal: AbortSignal,
  ): Promise<SessionView | undefined> {
    const view = await claim(
      this.#o.parts,
      (each, why) => this.#o.end(each, why),
      id,
      claimed,
      signal,
    );
    if (view) this.#o.onClaimed(view);
    return view;
  }
}

/** True when it went well, false when it did not; never rejects. */
const settled = (promise: Promise<unknown>): Promise<boolean> =>
  promise.then(
    () => true,
    () => false,
  );
