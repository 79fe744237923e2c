/**
 * Writes what a session does to the audit log: navigations as the browser reports them, refusals as the
 * proxy decides them. Repeats within a window are counted in one record, so that a page that asks for a
 * refused host a thousand times leaves two records and not a thousand. A session that invents ever new
 * addresses fills neither the log nor the server's time: past a number per window it leaves their count.
 */
import type { AuditEvent, AuditStream } from "../audit/events.ts";
import type { SessionId } from "../base/ids.ts";
import type { SessionView } from "../sessions/types.ts";
import type { DecisionRecord } from "../../proxy/ipc.ts";

const windowMs = 10_000;
/** Different acts of one session that a window records one by one; what comes on top is counted. */
const recordsPerWindow = 200;

interface Repeat {
  readonly event: AuditEvent;
  count: number;
  readonly until: number;
}

export class SessionAudit {
  readonly #audit: AuditStream;
  readonly #onLost: (error: unknown) => void;
  readonly #find: (id: SessionId) => SessionView | undefined;
  readonly #now: () => number;
  readonly #repeats = new Map<string, Repeat>();
  /** Per session and kind of act. */
  readonly #windows = new Map<string, { records: number; readonly until: number }>();

  /** `onLost` hears of a record that could not be kept: what it tells of has happened already. */
  constructor(
    audit: AuditStream,
    find: (id: SessionId) => SessionView | undefined,
    onLost: (error: unknown) => void,
    now: () => number = Date.now,
  ) {
    this.#audit = audit;
    this.#onLost = onLost;
    this.#find = find;
    this.#now = now;
  }

  /** `untrustedUrl` is what the browser in the container says it shows. */
  navigated(id: SessionId, untrustedUrl: string): void {
    if (!/^https?:/i.test(untrustedUrl)) return;
    const target = untrustedUrl.slice(0, 4096);
    this.#once(`${id} nav ${target}`, {
      action: "navigation",
      outcome: "success",
      ...this.#who(id),
      target,
      details: { source: "browser" },
    });
  }

  refused(id: SessionId, decision: DecisionRecord): void {
    this.#decided(id, decision, { outcome: "refused", reason: decision.rule });
  }

  /** A rule on trial (`mode: report`) would have decided otherwise; the request went through. */
  wouldRefuse(id: SessionId, decision: DecisionRecord, would: string): void {
    this.#decided(id, decision, { outcome: "success", reason: `would ${would}` });
  }

  #decided(
    id: SessionId,
    decision: DecisionRecord,
    said: Pick<AuditEvent, "outcome"> & { readonly reason: string },
  ): void {
    const target =
      `${decision.scheme}://${decision.host}:${decision.port}${decision.path ?? ""}`.slice(0, 4096);
    this.#once(`${id} ref ${decision.host}:${decision.port} ${said.reason}`, {
      action: "proxy-refusal",
      ...said,
      ...this.#who(id),
      target,
      details: {
        reason: decision.reason,
        method: decision.method,
        requestId: decision.id,
        policy: decision.policyVersion.slice(0, 16),
        ...(decision.list === undefined ? {} : { list: decision.list }),
        ...(decision.line === undefined ? {} : { line: decision.line }),
      },
    });
  }

  /** Writes the counts of windows that are over. */
  flush(all = false): void {
    for (const [key, { until }] of this.#windows)
      if (until <= this.#now()) this.#windows.delete(key);
    for (const [key, repeat] of this.#repeats) {
      if (!all && repeat.until > this.#now()) continue;
      this.#repeats.delete(key);
      if (repeat.count === 0) continue;
      this.#record({
        ...repeat.event,
        details: { ...repeat.event.details, repeated: repeat.count },
      });
    }
  }

  #once(key: string, event: AuditEvent): void {
    const repeat = this.#repeats.get(key);
    if (repeat && repeat.until > this.#now()) {
      repeat.count += 1;
      return;
    }
    if (repeat) this.flush();
    const flood = this.#flood(event);
    if (flood !== undefined) {
      flood.count += 1;
      return;
    }
    this.#repeats.set(key, { event, count: 0, until: this.#now() + windowMs });
    this.#record(event);
  }

  #record(event: AuditEvent): void {
    this.#audit.record(event).catch(this.#onLost);
  }

  /** What stands for the rest of the window once a session has had its records; undefined before. */
  #flood(event: AuditEvent): Repeat | undefined {
    const key = `${event.sessionId ?? ""} ${event.action}`;
    const current = this.#windows.get(key);
    if (current === undefined || current.until <= this.#now()) {
      this.#windows.set(key, { records: 1, until: this.#now() + windowMs });
      return undefined;
    }
    current.records += 1;
    if (current.records <= recordsPerWindow) return undefined;
    const known = this.#repeats.get(`${key} flood`);
    if (known) return known;
    const { target: _target, ...rest } = event;
    const summary = { ...rest, reason: "flood", details: {} };
    const flood: Repeat = { event: summary, count: 0, until: current.until };
    this.#repeats.set(`${key} flood`, flood);
    return flood;
  }

  #who(id: SessionId): Pick<AuditEvent, "sessionId" | "userId" | "userName" | "terminal"> {
    const view = this.#find(id);
    return {
      sessionId: id,
      ...(view?.ownerId ? { userId: view.ownerId } : {}),
      ...(view?.ownerName ? { userName: view.ownerName } : {}),
      ...(view?.terminal ? { terminal: view.terminal } : {}),
    };
  }
}
