/**
 * Keeps one helper process running: starts it anew when it ends, and ends it for good at the end. What it
 * must know is told again by `onMessage` when it says that it is ready.
 */
import { setTimeout as wait } from "node:timers/promises";
import { HelperProcess, type HelperProcessOptions } from "./helper-process.ts";

export interface KeptProcessOptions<From> extends HelperProcessOptions<From> {
  /** The process is gone and will be started anew. */
  readonly onEnded?: () => void;
}

const firstPauseMs = 50;
const longestPauseMs = 2_000;
const healthyMs = 10_000;

export class KeptProcess<From> implements AsyncDisposable {
  readonly #o: KeptProcessOptions<From>;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;
  #process: HelperProcess<From> | undefined;

  constructor(options: KeptProcessOptions<From>) {
    this.#o = options;
    this.#running = this.#keepRunning();
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** Lost when the process is down: it is told everything again once it is back. */
  send(message: object): void {
    this.#process?.send(message);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#process?.stop();
    await this.#running;
  }

  async #keepRunning(): Promise<void> {
    let pauseMs = firstPauseMs;
    while (!this.#stop.signal.aborted) {
      const startedAt = performance.now();
      this.#process = new HelperProcess(this.#o);
      await this.#process.ended;
      this.#process = undefined;
      this.#o.onEnded?.();
      pauseMs =
        performance.now() - startedAt > healthyMs
          ? firstPauseMs
          : Math.min(pauseMs * 2, longestPauseMs);
      await wait(pauseMs, undefined, { signal: this.#stop.signal }).catch(() => undefined);
    }
  }
}
