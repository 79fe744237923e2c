/**
 * Keeps one egress proxy running and makes it look like it never stops: what is wanted (the policy, the
 * open doors, whose they are) is kept here and told again to every new process. Sessions notice a restart
 * only by their cut tunnels. Implements EgressDoor.
 */
import type { CompiledPolicy } from "../../policies/compiled.ts";
import type { DecisionRecord, MetricsMessage } from "../../proxy/ipc.ts";
import type { LimitsWish } from "../../proxy/limits.ts";
import { deadline, waitFor } from "../base/deadline.ts";
import { AppError, describeError, isAppError } from "../base/errors.ts";
import type { SessionId } from "../base/ids.ts";
import type { Log } from "../base/log.ts";
import type { EgressDoor } from "./door.ts";
import { rememberProxy } from "./former-proxy.ts";
import type { ParentSecrets } from "./parent-secrets.ts";
import { ProxyProcess } from "./proxy-process.ts";

export interface EgressSupervisorOptions {
  readonly log: Log;
  /** Uid and gid the proxy drops to when this process is root; undefined keeps the own ones. */
  readonly uid?: number;
  readonly signerSocket?: string;
  /** Where they differ from the proxy's own. */
  readonly limits?: LimitsWish;
  readonly dnsServers: readonly string[];
  /** Where the snapshots of big lists lie, readable to the proxy. */
  readonly listFolder?: string;
  /** Where the running proxy's process is noted for whoever comes after this one. */
  readonly tokenFile?: string;
  readonly internalOrigins: readonly { readonly host: string; readonly socketPath: string }[];
}

export interface EgressSupervisor extends EgressDoor, AsyncDisposable {
  /** Resolves when the proxy decides by this policy. */
  configure(policy: CompiledPolicy, parentSecrets?: ParentSecrets): Promise<void>;
  status(): "down" | "up";
  /** How often a proxy that was up has ended by itself. */
  restarts(): number;
  /** Groups of a session's person; also for a while after its end, when its tunnels report. */
  groupsOf(sessionId: string): readonly string[] | undefined;
  /** What the running proxy counted last; undefined while there is none. */
  metrics(): MetricsMessage["metrics"] | undefined;
  /** Process id of the running proxy, for doctor and tests. */
  pid(): number | undefined;
}

export function createEgressSupervisor(options: EgressSupervisorOptions): EgressSupervisor {
  return new Supervisor(options);
}

interface Wanted {
  readonly socketPath: string;
  person?: { readonly user: string; readonly groups: readonly string[] };
}

const mostGroupsKept = 5000;
const answerMs = 5_000;
const startMs = 15_000;
const firstRestartMs = 50;
/** "Within a second" includes the start of the process itself. */
const longestRestartMs = 500;

class Supervisor implements EgressSupervisor {
  readonly #options: EgressSupervisorOptions;
  readonly #log: Log;
  readonly #listeners = new Set<(decision: DecisionRecord) => void>();
  readonly #sessions = new Map<SessionId, Wanted>();
  /** The oldest are forgotten; a session's own records come long before that. */
  readonly #groups = new Map<string, readonly string[]>();
  #wanted: { readonly policy: CompiledPolicy; readonly secrets: ParentSecrets } | undefined;
  #process: ProxyProcess;
  /** Resolves with a process that knows everything wanted; replaced when a process dies. */
  #up = Promise.withResolvers<ProxyProcess>();
  #isUp = false;
  #restarts = 0;
  #metrics: MetricsMessage["metrics"] | undefined;
  #stopping = false;
  readonly #running: Promise<void>;
  readonly #stop = new AbortController();

  constructor(options: EgressSupervisorOptions) {
    this.#options = options;
    this.#log = options.log;
    this.#process = this.#spawn();
    this.#up.promise.catch(() => undefined);
    this.#running = this.#keepRunning();
  }

  status(): "down" | "up" {
    return this.#isUp ? "up" : "down";
  }

  restarts(): number {
    return this.#restarts;
  }

  pid(): number | undefined {
    return this.#process.pid;
  }

  metrics(): MetricsMessage["metrics"] | undefined {
    return this.#metrics;
  }

  groupsOf(sessionId: string): readonly string[] | undefined {
    return this.#groups.get(sessionId);
  }

  #remember(sessionId: string, groups: readonly string[]): void {
    this.#groups.set(sessionId, groups);
    const oldest = this.#groups.keys().next();
    if (this.#groups.size > mostGroupsKept && oldest.done !== true)
      this.#groups.delete(oldest.value);
  }

  async configure(policy: CompiledPolicy, secrets: ParentSecrets = {}): Promise<void> {
    await this.#withProxy(
      (proxy) => proxy.configure(this.#configuration(policy, secrets)),
      deadline(startMs, "proxy configure"),
    );
    // Only what was taken once is told to the next process: a refused one would keep it from coming up.
    this.#wanted = { policy, secrets };
  }

  async open(sessionId: SessionId, socketPath: string, signal: AbortSignal): Promise<void> {
    this.#sessions.set(sessionId, { socketPath });
    try {
      await this.#withProxy(
        (proxy) => proxy.openSession(sessionId, socketPath),
        deadline(answerMs, "proxy session-open", signal),
      );
    } catch (error) {
      // Nothing half-open: a door that was not reported open must not stay.
      await this.close(sessionId);
      throw error;
    }
  }

  async claim(
    sessionId: SessionId,
    person: { user: string; groups: readonly string[] },
    signal: AbortSignal,
  ): Promise<void> {
    const wanted = this.#sessions.get(sessionId);
    if (!wanted) throw new AppError("SESSION_ENDED", { sessionId });
    if (wanted.person)
      throw new AppError("ILLEGAL_TRANSITION", { sessionId, reason: "claimed already" });
    wanted.person = { user: person.user, groups: [...person.groups] };
    this.#remember(sessionId, wanted.person.groups);
    await this.#withProxy(
      (proxy) => proxy.claimSession(sessionId, person.user, person.groups),
      deadline(answerMs, "proxy session-claim", signal),
    );
  }

  async close(sessionId: SessionId): Promise<void> {
    this.#sessions.delete(sessionId);
    try {
      // Not through #withProxy: a new process never hears of this session, so there is nothing to wait for.
      await waitFor(
        this.#process.closeSession(sessionId),
        deadline(answerMs, "proxy session-close"),
      );
    } catch (error) {
      if (isAppError(error, "PROXY_UNAVAILABLE")) return;
      this.#log.error({
        event: "egress-close",
        outcome: "failure",
        sessionId,
        reason: describeError(error),
      });
    }
  }

  onDecision(listener: (decision: DecisionRecord) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopping = true;
    this.#isUp = false;
    this.#stop.abort();
    this.#up.reject(new AppError("PROXY_UNAVAILABLE", { reason: "stopping" }));
    await this.#process.stop();
    await this.#running;
  }

  /** Every act here may be repeated: when the process dies under it, it is done again on the next one. */
  async #withProxy(
    act: (proxy: ProxyProcess) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    for (;;) {
      const proxy = await waitFor(this.#up.promise, signal);
      try {
        await waitFor(act(proxy), signal);
        return;
      } catch (error) {
        if (!isAppError(error, "PROXY_UNAVAILABLE") || this.#stopping) throw error;
        // Its `ended` comes in the same turn of events and replaces #up.
        await waitFor(proxy.ended, signal);
      }
    }
  }

  async #keepRunning(): Promise<void> {
    let pauseMs = firstRestartMs;
    for (;;) {
      const startedAt = performance.now();
      await this.#bringUp(this.#process);
      await this.#process.ended;
      if (this.#isUp) {
        this.#up = Promise.withResolvers();
        if (!this.#stopping) this.#restarts += 1;
      }
      this.#up.promise.catch(() => undefined);
      this.#isUp = false;
      this.#metrics = undefined;
      if (this.#stopping) {
        this.#up.reject(new AppError("PROXY_UNAVAILABLE", { reason: "stopping" }));
        return;
      }
      pauseMs =
        performance.now() - startedAt > 10_000
          ? firstRestartMs
          : Math.min(pauseMs * 2, longestRestartMs);
      await pause(pauseMs, this.#stop.signal);
      if (!this.#isStopping()) this.#process = this.#spawn();
    }
  }

  #isStopping(): boolean {
    return this.#stopping;
  }

  #spawn(): ProxyProcess {
    return new ProxyProcess({
      log: this.#log,
      uid: this.#options.uid,
      signerSocket: this.#options.signerSocket,
      ...(this.#options.limits && { limits: this.#options.limits }),
      onMetrics: (metrics) => (this.#metrics = metrics),
      onDecision: (decision) => {
        for (const listener of this.#listeners) this.#deliver(listener, decision);
      },
    });
  }

  #deliver(listener: (decision: DecisionRecord) => void, decision: DecisionRecord): void {
    try {
      listener(decision);
    } catch (error) {
      this.#log.error({
        event: "decision-listener",
        outcome: "failure",
        reason: describeError(error),
      });
    }
  }

  /** Tells a new process everything wanted, then lets waiting callers at it. A failure ends the process. */
  async #bringUp(proxy: ProxyProcess): Promise<void> {
    try {
      const limit = deadline(startMs, "proxy start");
      await waitFor(proxy.ready, limit);
      if (this.#options.tokenFile !== undefined && proxy.pid !== undefined)
        await rememberProxy(this.#options.tokenFile, proxy.pid);
      // One turn, so that nothing wanted meanwhile falls between the replay and the first caller.
      const answers = this.#replay(proxy);
      await waitFor(Promise.all(answers), limit);
      this.#isUp = true;
      this.#up.resolve(proxy);
      this.#log.info({
        event: "proxy-up",
        outcome: "success",
        pid: proxy.pid,
        sessions: this.#sessions.size,
      });
    } catch (error) {
      if (this.#stopping) return;
      this.#log.error({ event: "proxy-up", outcome: "failure", reason: describeError(error) });
      await proxy.stop();
    }
  }

  #replay(proxy: ProxyProcess): Promise<void>[] {
    const wanted = this.#wanted;
    const answers = wanted
      ? [proxy.configure(this.#configuration(wanted.policy, wanted.secrets))]
      : [];
    for (const [sessionId, { socketPath, person }] of this.#sessions) {
      answers.push(this.#lenient(sessionId, proxy.openSession(sessionId, socketPath)));
      if (person) {
        answers.push(
          this.#lenient(sessionId, proxy.claimSession(sessionId, person.user, person.groups)),
        );
      }
    }
    return answers;
  }

  /** One session's vanished directory must not keep all others from their door. */
  async #lenient(sessionId: SessionId, answer: Promise<void>): Promise<void> {
    try {
      await answer;
    } catch (error) {
      if (isAppError(error, "PROXY_UNAVAILABLE")) throw error;
      this.#log.error({
        event: "egress-replay",
        outcome: "failure",
        sessionId,
        reason: describeError(error),
      });
    }
  }

  #configuration(policy: CompiledPolicy, secrets: ParentSecrets) {
    return {
      type: "configure" as const,
      policy,
      parentSecrets: { ...secrets },
      ...(this.#options.listFolder !== undefined && { listFolder: this.#options.listFolder }),
      dnsServers: [...this.#options.dnsServers],
      internalOrigins: this.#options.internalOrigins.map((origin) => ({ ...origin })),
    };
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
    if (signal.aborted) resolve();
  });
}
