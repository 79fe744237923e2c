/**
 * What business terminals ask for, in the log and in the audit log: one canonical log line per request,
 * one audit record for whatever was refused or led to the isolated browser. A terminal that repeats itself
 * (updaters do, all day) leaves one record per address and window with the number of repeats.
 */
import type { AuditEvent, AuditStream } from "../audit/events.ts";
import { describeError } from "../base/errors.ts";
import type { Log } from "../base/log.ts";
import type { DecisionRecord } from "../../proxy/ipc.ts";

const windowMs = 60_000;
/** Different records of one window, all terminals together; what comes on top is counted. */
const recordsPerWindow = 5_000;

interface Repeat {
  readonly event: AuditEvent;
  count: number;
}

export class TerminalAudit implements Disposable {
  readonly #audit: AuditStream;
  readonly #log: Log;
  readonly #repeats = new Map<string, Repeat>();
  readonly #timer: NodeJS.Timeout;
  #beyond = 0;

  constructor(audit: AuditStream, log: Log) {
    this.#audit = audit;
    this.#log = log;
    this.#timer = setInterval(() => this.flush(), windowMs);
    this.#timer.unref();
  }

  decided(decision: DecisionRecord): void {
    this.#log.info({ event: "terminal-traffic", outcome: decision.verdict, ...decision });
    if (decision.verdict === "direct" && decision.would === undefined) return;
    const event = eventOf(decision);
    const key = `${event.terminal ?? ""} ${decision.host}:${decision.port} ${event.reason ?? ""}`;
    const known = this.#repeats.get(key);
    if (known) known.count += 1;
    else if (this.#repeats.size >= recordsPerWindow) this.#beyond += 1;
    else {
      this.#repeats.set(key, { event, count: 0 });
      this.#record(event);
    }
  }

  /** Ends the window: writes how often each act of it was repeated. */
  flush(): void {
    for (const { event, count } of this.#repeats.values()) {
      if (count === 0) continue;
      this.#record({ ...event, details: { ...event.details, repeated: count } });
    }
    this.#repeats.clear();
    if (this.#beyond > 0) {
      const details = { repeated: this.#beyond };
      this.#record({ action: "proxy-refusal", outcome: "refused", reason: "flood", details });
    }
    this.#beyond = 0;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.flush();
  }

  /** What it tells of has happened already: a record that cannot be kept is told in the log. */
  #record(event: AuditEvent): void {
    this.#audit
      .record(event)
      .catch((error: unknown) =>
        this.#log.error({ event: "audit", outcome: "failure", reason: describeError(error) }),
      );
  }
}

function eventOf(decision: DecisionRecord): AuditEvent {
  const { terminal, scheme, host, port, path, rule, would, verdict } = decision;
  return {
    action: verdict === "isolate" ? "terminal-isolate" : "proxy-refusal",
    outcome: verdict === "block" ? "refused" : "success",
    ...(terminal !== undefined && { terminal }),
    target: `${scheme}://${host}:${port}${path ?? ""}`.slice(0, 4096),
    reason: would === undefined ? rule : `would ${would}`,
    details: {
      plane: "terminal",
      reason: decision.reason,
      method: decision.method,
      requestId: decision.id,
      policy: decision.policyVersion.slice(0, 16),
      ...(decision.list !== undefined && { list: decision.list }),
      ...(decision.line !== undefined && { line: decision.line }),
    },
  };
}
