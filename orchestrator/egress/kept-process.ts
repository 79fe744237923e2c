/**
 * Keeps one helper process running: starts it, checks every message it sends, starts it anew when it
 * ends, and ends it for good at the end. What it must know is told again by `onReady` after every start.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { setTimeout as wait } from "node:timers/promises";
import type { z } from "zod";
import type { Log } from "../base/log.ts";

export interface KeptProcessOptions<From> {
  /** For the log: "terminal-plane", "signer". */
  readonly name: string;
  /** Script to run with this process's own Node. */
  readonly entry: string;
  readonly args: readonly string[];
  readonly log: Log;
  readonly messages: z.ZodType<From>;
  readonly onMessage: (message: From) => void;
  /** The process is gone and will be started anew. */
  readonly onEnded?: () => void;
}

const firstPauseMs = 50;
const longestPauseMs = 2_000;
const healthyMs = 10_000;
const stopGraceMs = 3_000;

export class KeptProcess<From> implements AsyncDisposable {
  readonly #o: KeptProcessOptions<From>;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;
  #child: ChildProcess | undefined;

  constructor(options: KeptProcessOptions<From>) {
    this.#o = options;
    this.#running = this.#keepRunning();
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Lost when the process is down: it is told everything again once it is back. */
  send(message: object): void {
    const { log, name } = this.#o;
    if (this.#child?.connected !== true) return;
    this.#child.send(message, (error) => {
      if (error) log.warn({ event: `${name}-send`, outcome: "failure", reason: error.message });
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    const child = this.#child;
    // The closed channel tells the process to end.
    if (child?.connected) child.disconnect();
    const force = setTimeout(() => child?.kill("SIGKILL"), stopGraceMs);
    await this.#running;
    clearTimeout(force);
  }

  async #keepRunning(): Promise<void> {
    let pauseMs = firstPauseMs;
    while (!this.#stop.signal.aborted) {
      const startedAt = performance.now();
      await this.#runOnce();
      pauseMs =
        performance.now() - startedAt > healthyMs
          ? firstPauseMs
          : Math.min(pauseMs * 2, longestPauseMs);
      await wait(pauseMs, undefined, { signal: this.#stop.signal }).catch(() => undefined);
    }
  }

  async #runOnce(): Promise<void> {
    const { name, entry, args, log } = this.#o;
    // An empty environment: nothing of the orchestrator's reaches a process that strangers talk to.
    const child = spawn(process.execPath, [entry, ...args], {
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      env: {},
      cwd: "/",
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      if (stream)
        createInterface({ input: stream }).on("line", (line) =>
          log.warn({ event: `${name}-output`, line: line.slice(0, 1000) }),
        );
    }
    child.on("message", (untrusted) => this.#receive(untrusted));
    await new Promise<void>((resolve) => {
      child.once("error", (error) => {
        log.error({ event: `${name}-process`, outcome: "failure", reason: error.message });
        resolve();
      });
      child.once("exit", (code, signal) => {
        const level = this.#stop.signal.aborted ? "info" : "error";
        log[level]({ event: `${name}-process`, outcome: "ended", code, signal });
        resolve();
      });
    });
    this.#child = undefined;
    this.#o.onEnded?.();
  }

  #receive(untrusted: unknown): void {
    const { name, log, messages, onMessage } = this.#o;
    const parsed = messages.safeParse(untrusted);
    if (parsed.success) onMessage(parsed.data);
    else log.error({ event: `${name}-message`, outcome: "refused", reason: parsed.error.message });
  }
}
