/**
 * One life of the proxy process: matches its answers to questions. Knows nothing of sessions and never
 * restarts: that is the supervisor's.
 */
import { join } from "node:path";
import {
  type DecisionRecord,
  type FromProxy,
  fromProxy,
  type MetricsMessage,
  type ToProxy,
} from "../../proxy/ipc.ts";
import type { LimitsWish } from "../../proxy/limits.ts";
import { AppError } from "../base/errors.ts";
import type { Log } from "../base/log.ts";
import { HelperProcess, largePages } from "./helper-process.ts";
import { proxyNodeArgs } from "./proxy-node-args.ts";

const entry = join(import.meta.dirname, "..", "..", "proxy", "main.ts");

export interface ProxyProcessOptions {
  readonly log: Log;
  /** Uid and gid to drop to when started as root. */
  readonly uid: number | undefined;
  /** Where certificates for refused https hosts come from; without it there is no page for them. */
  readonly signerSocket?: string | undefined;
  readonly limits?: LimitsWish;
  readonly onDecision: (decision: DecisionRecord) => void;
  readonly onMetrics?: (metrics: MetricsMessage["metrics"]) => void;
}

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: AppError) => void;
}

export class ProxyProcess {
  readonly #process: HelperProcess<FromProxy>;
  readonly #onDecision: (decision: DecisionRecord) => void;
  readonly #onMetrics: ProxyProcessOptions["onMetrics"];
  /** By request number, or by "configured <version>". */
  readonly #waiting = new Map<string, Waiting>();
  #request = 0;
  /** Resolves when the process takes messages; rejects when it ended before. */
  readonly ready: Promise<void>;
  /** Resolves when the process is gone, however it went. */
  readonly ended: Promise<void>;

  constructor(options: ProxyProcessOptions) {
    this.#onDecision = options.onDecision;
    this.#onMetrics = options.onMetrics;
    const args = options.uid === undefined ? [] : ["--uid", String(options.uid)];
    if (options.signerSocket !== undefined) args.push("--signer", options.signerSocket);
    if (options.limits) args.push("--limits", JSON.stringify(options.limits));
    this.#process = new HelperProcess({
      name: "proxy",
      env: largePages,
      entry,
      args,
      nodeArgs: proxyNodeArgs,
      log: options.log,
      messages: fromProxy,
      onMessage: (message) => this.#handle(message),
    });
    this.ready = this.#wait("ready");
    this.ready.catch(() => undefined);
    this.ended = this.#process.ended.then(() => this.#failAll());
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  configure(message: Extract<ToProxy, { type: "configure" }>): Promise<void> {
    const answer = this.#wait(`configured ${message.policy.version}`);
    this.#send(message);
    return answer;
  }

  openSession(sessionId: string, socketPath: string): Promise<void> {
    const request = this.#nextRequest();
    return this.#ask(request, { type: "session-open", request, sessionId, socketPath });
  }

  claimSession(sessionId: string, user: string, groups: readonly string[]): Promise<void> {
    const request = this.#nextRequest();
    return this.#ask(request, {
      type: "session-claim",
      request,
      sessionId,
      user,
      groups: [...groups],
    });
  }

  closeSession(sessionId: string): Promise<void> {
    const request = this.#nextRequest();
    return this.#ask(request, { type: "session-close", request, sessionId });
  }

  /** Grace, then force. */
  async stop(): Promise<void> {
    await this.#process.stop();
    await this.ended;
  }

  #nextRequest(): number {
    this.#request += 1;
    return this.#request;
  }

  #ask(request: number, message: ToProxy): Promise<void> {
    const answer = this.#wait(String(request));
    this.#send(message);
    return answer;
  }

  #wait(key: string): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<undefined>();
    this.#waiting.set(key, { resolve: () => resolve(undefined), reject });
    return promise;
  }

  #send(message: ToProxy): void {
    if (this.#process.isConnected) this.#process.send(message);
    else this.#failAll();
  }

  #handle(message: FromProxy): void {
    switch (message.type) {
      case "ready":
        this.#settle("ready");
        return;
      case "configured":
        this.#settle(`configured ${message.policyVersion}`, message.error);
        return;
      case "done":
        this.#settle(String(message.request), message.error);
        return;
      case "decisions":
        for (const decision of message.decisions) this.#onDecision(decision);
        return;
      case "metrics":
        this.#onMetrics?.(message.metrics);
        return;
    }
  }

  #settle(key: string, error?: string): void {
    const waiting = this.#waiting.get(key);
    this.#waiting.delete(key);
    if (error === undefined) waiting?.resolve();
    else waiting?.reject(new AppError("INTERNAL", { reason: error }));
  }

  #failAll(): void {
    for (const waiting of this.#waiting.values()) {
      waiting.reject(new AppError("PROXY_UNAVAILABLE", { reason: "proxy process ended" }));
    }
    this.#waiting.clear();
  }
}
