/**
 * One life of the proxy process: starts it, checks every message it sends, matches answers to questions,
 * and ends it. Knows nothing of sessions and never restarts: that is the supervisor's.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type DecisionRecord, type FromProxy, fromProxy, type ToProxy } from "../../proxy/ipc.ts";
import { AppError } from "../base/errors.ts";
import type { Log } from "../base/log.ts";

const entry = join(import.meta.dirname, "..", "..", "proxy", "main.ts");
const stopGraceMs = 3_000;

export interface ProxyProcessOptions {
  readonly log: Log;
  /** Uid and gid to drop to when started as root. */
  readonly uid: number | undefined;
  /** Where certificates for refused https hosts come from; without it there is no page for them. */
  readonly signerSocket?: string | undefined;
  readonly onDecision: (decision: DecisionRecord) => void;
}

interface Waiting {
  readonly resolve: () => void;
  readonly reject: (error: AppError) => void;
}

export class ProxyProcess {
  readonly #log: Log;
  readonly #child: ChildProcess;
  readonly #onDecision: (decision: DecisionRecord) => void;
  /** By request number, or by "configured <version>". */
  readonly #waiting = new Map<string, Waiting>();
  #request = 0;
  #stopping = false;
  /** Resolves when the process takes messages; rejects when it ended before. */
  readonly ready: Promise<void>;
  /** Resolves when the process is gone, however it went. */
  readonly ended: Promise<void>;

  constructor(options: ProxyProcessOptions) {
    this.#log = options.log;
    this.#onDecision = options.onDecision;
    const args = options.uid === undefined ? [] : ["--uid", String(options.uid)];
    if (options.signerSocket !== undefined) args.push("--signer", options.signerSocket);
    // An empty environment: nothing of the orchestrator's reaches a process that talks to the internet.
    this.#child = spawn(process.execPath, [entry, ...args], {
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      env: {},
      cwd: "/",
    });
    this.ready = this.#wait("ready");
    this.ready.catch(() => undefined);
    this.ended = new Promise((resolve) => {
      this.#child.once("error", (error) => {
        this.#log.error({ event: "proxy-process", outcome: "failure", reason: error.message });
        this.#finish(resolve);
      });
      this.#child.once("exit", (code, signal) => {
        const level = this.#stopping ? "info" : "error";
        this.#log[level]({ event: "proxy-process", outcome: "ended", code, signal });
        this.#finish(resolve);
      });
    });
    this.#child.on("message", (untrusted) => this.#receive(untrusted));
    this.#relayOutput();
  }

  get pid(): number | undefined {
    return this.#child.pid;
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
    this.#stopping = true;
    // Closing the channel tells the proxy to end and loses nothing: its records travel before the close.
    if (this.#child.connected) this.#child.disconnect();
    const force = setTimeout(() => this.#child.kill("SIGKILL"), stopGraceMs);
    await this.ended;
    clearTimeout(force);
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
    if (!this.#child.connected) {
      this.#failAll();
      return;
    }
    this.#child.send(message, (error) => {
      // The channel broke: `exit` follows and fails whatever waits.
      if (error) this.#log.warn({ event: "proxy-send", outcome: "failure", reason: error.message });
    });
  }

  #receive(untrusted: unknown): void {
    const parsed = fromProxy.safeParse(untrusted);
    if (!parsed.success) {
      this.#log.error({ event: "proxy-message", outcome: "refused", reason: parsed.error.message });
      return;
    }
    this.#handle(parsed.data);
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
    }
  }

  #settle(key: string, error?: string): void {
    const waiting = this.#waiting.get(key);
    this.#waiting.delete(key);
    if (error === undefined) waiting?.resolve();
    else waiting?.reject(new AppError("INTERNAL", { reason: error }));
  }

  #finish(resolve: () => void): void {
    this.#failAll();
    resolve();
  }

  #failAll(): void {
    for (const waiting of this.#waiting.values()) {
      waiting.reject(new AppError("PROXY_UNAVAILABLE", { reason: "proxy process ended" }));
    }
    this.#waiting.clear();
  }

  /** What a healthy proxy never prints: the stack of a bug. */
  #relayOutput(): void {
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (!stream) continue;
      createInterface({ input: stream }).on("line", (line) =>
        this.#log.warn({ event: "proxy-output", line: line.slice(0, 1000) }),
      );
    }
  }
}
