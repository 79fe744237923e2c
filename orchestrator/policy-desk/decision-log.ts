/**
 * Keeps the proxy's decisions for replays: batched, one file an hour, bounded by age and by size. It never
 * holds up a request: what cannot be written in time is dropped and counted, and the log says so. The
 * audit trail is something else; here nobody's name is kept.
 */
import { appendFile, chmod, mkdir, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { DecisionRecord } from "../../proxy/ipc.ts";
import { describeError } from "../base/errors.ts";
import type { Log } from "../base/log.ts";
import { writeDecision } from "./decision-line.ts";
import { listSegments, segmentStart } from "./read-decisions.ts";

export interface DecisionLogOptions {
  readonly folder: string;
  readonly retentionDays: number;
  readonly maxBytes: number;
  readonly log: Log;
  readonly now: () => number;
  /** Groups of a session's person, also shortly after its end: tunnels report when they close. */
  readonly groupsOf: (sessionId: string) => readonly string[] | undefined;
}

const flushMs = 1000;
const mostPending = 50_000;
const tidyMs = 10 * 60_000;

export class DecisionLog implements AsyncDisposable {
  readonly #o: DecisionLogOptions;
  #pending: string[] = [];
  #dropped = 0;
  #writing: Promise<void> = Promise.resolve();
  #isWriting = false;
  #tidiedAt = 0;
  readonly #timer: NodeJS.Timeout;

  constructor(options: DecisionLogOptions) {
    this.#o = options;
    this.#timer = setInterval(() => void this.flush(), flushMs);
    this.#timer.unref();
  }

  add(decision: DecisionRecord): void {
    // A pooled browser asking for its maker's servers is nobody's request.
    if (decision.rule === "guard.unclaimed") return;
    if (this.#pending.length >= mostPending) {
      this.#dropped += 1;
      return;
    }
    const { plane, host, port, verdict, rule, method, terminal, path, sessionId } = decision;
    const groups = sessionId === undefined ? [] : (this.#o.groupsOf(sessionId) ?? []);
    this.#pending.push(
      writeDecision({
        at: Date.parse(decision.at),
        ...{ plane, host, port, groups, verdict, rule },
        via: method === "CONNECT" ? "connect" : "http",
        ...(terminal !== undefined && { terminal }),
        ...(path !== undefined && { path }),
      }),
    );
  }

  /** Resolves when everything added before is on disk or was reported as lost. */
  flush(): Promise<void> {
    if (this.#isWriting) return this.#writing;
    this.#isWriting = true;
    this.#writing = this.#write().finally(() => {
      this.#isWriting = false;
    });
    return this.#writing;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    await this.#writing;
    await this.flush();
  }

  async #write(): Promise<void> {
    const lines = this.#pending;
    this.#pending = [];
    const dropped = this.#dropped;
    this.#dropped = 0;
    if (dropped > 0) this.#lost(dropped, "too many at once");
    if (lines.length === 0) return;
    try {
      await this.#append(lines);
      if (this.#o.now() - this.#tidiedAt > tidyMs) await this.tidy();
    } catch (error) {
      this.#lost(lines.length, describeError(error));
    }
  }

  async #append(lines: readonly string[]): Promise<void> {
    const { folder, now } = this.#o;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const path = join(folder, `${new Date(now()).toISOString().slice(0, 13)}.tsv`);
    await appendFile(path, lines.join(""), { mode: 0o600 });
    await chmod(path, 0o600);
  }

  /** Removes what is too old, then the oldest until the rest fits. */
  async tidy(): Promise<void> {
    const { folder, retentionDays, maxBytes, now } = this.#o;
    this.#tidiedAt = now();
    const segments = await listSegments(folder);
    const sizes = new Map<string, number>();
    for (const name of segments) sizes.set(name, (await stat(join(folder, name))).size);
    let total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
    for (const name of segments) {
      const isOld = segmentStart(name) + 3_600_000 < now() - retentionDays * 86_400_000;
      if (!isOld && total <= maxBytes) continue;
      await rm(join(folder, name), { force: true });
      total -= sizes.get(name) ?? 0;
    }
  }

  #lost(count: number, reason: string): void {
    this.#o.log.error({ event: "decision-log", outcome: "failure", lost: count, reason });
  }
}
