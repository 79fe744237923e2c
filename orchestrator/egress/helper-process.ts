/**
 * One life of a helper process: starts it, checks every message it sends, puts its end on record, and ends
 * it. Never restarts it.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import type { z } from "zod";
import { describeError } from "../base/errors.ts";
import type { Log } from "../base/log.ts";

export interface HelperProcessOptions<From> {
  /** For the log: "proxy", "terminal-plane", "signer". */
  readonly name: string;
  /** Script to run with this process's own Node. */
  readonly entry: string;
  readonly args: readonly string[];
  readonly log: Log;
  readonly messages: z.ZodType<From>;
  readonly onMessage: (message: From) => void;
  /** For Node itself, before the script. */
  readonly nodeArgs?: readonly string[];
  /** All of its environment; absent: an empty one. */
  readonly env?: Readonly<Record<string, string>>;
  /** Open descriptors that the process finds at 4 and behind. */
  readonly files?: readonly number[];
}

/**
 * Large arrays in large pages, where the kernel has them (transparent_hugepage is "madvise" or "always"): a
 * look-up in a list of ten million names touches a few places far apart, each of which otherwise costs a
 * walk through the page tables besides. Only glibc knows the word; to others it means nothing.
 */
export const largePages = { GLIBC_TUNABLES: "glibc.malloc.hugetlb=1" } as const;

const stopGraceMs = 3_000;

export class HelperProcess<From> {
  readonly #o: HelperProcessOptions<From>;
  readonly #child: ChildProcess;
  #stopping = false;
  /** Resolves when the process is gone, however it went, and everything it sent has been received. */
  readonly ended: Promise<void>;

  constructor(options: HelperProcessOptions<From>) {
    this.#o = options;
    const { name, entry, args, log, nodeArgs = [], env = {}, files = [] } = options;
    // No environment but this: nothing of the orchestrator's reaches a process that strangers talk to.
    const child = spawn(process.execPath, [...nodeArgs, entry, ...args], {
      stdio: ["ignore", "pipe", "pipe", "ipc", ...files],
      env: { ...env },
      cwd: "/",
    });
    this.#child = child;
    // What a healthy process never prints: the stack of a bug.
    for (const stream of [child.stdout, child.stderr]) {
      if (stream)
        createInterface({ input: stream }).on("line", (line) =>
          log.warn({ event: `${name}-output`, line: line.slice(0, 1000) }),
        );
    }
    child.on("message", (untrusted) => this.#receive(untrusted));
    this.ended = new Promise((resolve) => {
      child.once("error", (error) => {
        log.error({ event: `${name}-process`, outcome: "failure", reason: error.message });
        resolve();
      });
      child.once("exit", (code, signal) => {
        const level = this.#stopping ? "info" : "error";
        log[level]({ event: `${name}-process`, outcome: "ended", code, signal });
      });
      // `exit` may come while its last messages still lie in the channel; `close` comes behind them.
      child.once("close", () => resolve());
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get isConnected(): boolean {
    return this.#child.connected;
  }

  /** Lost when the channel is down: `ended` follows. */
  send(message: object): void {
    const { log, name } = this.#o;
    if (!this.#child.connected) return;
    this.#child.send(message, (error) => {
      if (error) log.warn({ event: `${name}-send`, outcome: "failure", reason: error.message });
    });
  }

  /** Grace, then force. */
  async stop(): Promise<void> {
    this.#stopping = true;
    // The channel stays open: closing it from here would lose what the process still has to say.
    this.#child.kill("SIGTERM");
    const force = setTimeout(() => this.#child.kill("SIGKILL"), stopGraceMs);
    await this.ended;
    clearTimeout(force);
  }

  #receive(untrusted: unknown): void {
    const { name, log, messages, onMessage } = this.#o;
    const parsed = messages.safeParse(untrusted);
    if (!parsed.success) {
      log.error({ event: `${name}-message`, outcome: "refused", reason: parsed.error.message });
      return;
    }
    try {
      onMessage(parsed.data);
    } catch (error) {
      // What it tells of has happened already; a record that cannot be kept must not end this process.
      log.error({ event: `${name}-message`, outcome: "failure", reason: describeError(error) });
    }
  }
}
