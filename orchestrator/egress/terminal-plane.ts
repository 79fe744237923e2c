/**
 * Runs the terminal plane's process: tells it where to listen and by which policy to judge, again after
 * every restart, and hands its decisions on. While the port cannot be had it keeps trying, and says so.
 */
import { join } from "node:path";
import type { CompiledPolicy } from "../../policies/compiled.ts";
import type { DecisionRecord, MetricsMessage } from "../../proxy/ipc.ts";
import {
  type FromTerminalPlane,
  fromTerminalPlane,
  type ListenSettings,
} from "../../proxy/terminal/ipc.ts";
import type { LimitsWish } from "../../proxy/limits.ts";
import type { Log } from "../base/log.ts";
import { largePages } from "./helper-process.ts";
import { KeptProcess } from "./kept-process.ts";
import type { ParentSecrets } from "./parent-secrets.ts";
import { proxyNodeArgs } from "./proxy-node-args.ts";

const entry = join(import.meta.dirname, "..", "..", "proxy", "terminal", "main.ts");
const listenAgainMs = 2_000;

export interface TerminalPlaneOptions {
  readonly log: Log;
  /** Uid and gid the process drops to when this one is root. */
  readonly uid?: number;
  readonly limits?: LimitsWish;
  readonly dnsServers: readonly string[];
  /** Where the snapshots of big lists lie, readable to the process. */
  readonly listFolder?: string;
  readonly settings: ListenSettings;
  readonly onDecision: (decision: DecisionRecord) => void;
}

export type TerminalPlaneStatus =
  | { readonly state: "down"; readonly reason: string }
  | { readonly state: "up"; readonly port: number };

export class TerminalPlaneSupervisor implements AsyncDisposable {
  readonly #o: TerminalPlaneOptions;
  readonly #process: KeptProcess<FromTerminalPlane>;
  readonly #changed = new Set<() => void>();
  #policy: CompiledPolicy | undefined;
  #secrets: ParentSecrets = {};
  #inForce = "";
  #metrics: MetricsMessage["metrics"] | undefined;
  #status: TerminalPlaneStatus = { state: "down", reason: "starting" };
  #again: NodeJS.Timeout | undefined;

  constructor(options: TerminalPlaneOptions) {
    this.#o = options;
    const { log, uid, limits } = options;
    const args = uid === undefined ? [] : ["--uid", String(uid)];
    if (limits) args.push("--limits", JSON.stringify(limits));
    this.#process = new KeptProcess({
      name: "terminal-plane",
      env: largePages,
      entry,
      args,
      nodeArgs: proxyNodeArgs,
      log,
      messages: fromTerminalPlane,
      onEnded: () => {
        this.#metrics = undefined;
        this.#set({ state: "down", reason: "process ended" }, "");
      },
      onMessage: (message) => {
        switch (message.type) {
          case "ready":
            this.#set({ state: "down", reason: "starting" }, "");
            if (this.#policy) this.#tell(this.#policy);
            this.#listen();
            return;
          case "configured":
            if (message.error === undefined) this.#set(this.#status, message.policyVersion);
            else
              log.error({
                event: "terminal-plane-policy",
                outcome: "failure",
                reason: message.error,
              });
            return;
          case "listening":
            log.info({ event: "terminal-plane-up", outcome: "success", port: message.port });
            this.#set({ state: "up", port: message.port }, this.#inForce);
            return;
          case "listen-failed":
            this.#listenFailed(message.reason);
            return;
          case "decisions":
            for (const decision of message.decisions) options.onDecision(decision);
            return;
          case "metrics":
            this.#metrics = message.metrics;
            return;
        }
      },
    });
  }

  get pid(): number | undefined {
    return this.#process.pid;
  }

  /** What the running process counted last; undefined while there is none. */
  metrics(): MetricsMessage["metrics"] | undefined {
    return this.#metrics;
  }

  status(): TerminalPlaneStatus {
    return this.#status;
  }

  /** Takes effect as soon as the process has it; a process that is down has it when it is back. */
  configure(policy: CompiledPolicy, parentSecrets: ParentSecrets = {}): void {
    this.#policy = policy;
    this.#secrets = parentSecrets;
    this.#tell(policy);
  }

  /** Resolves when terminals are judged by the newest policy, or with false when `signal` ends first. */
  async settled(signal: AbortSignal): Promise<boolean> {
    const isSettled = () =>
      this.#status.state === "up" && this.#inForce === (this.#policy?.version ?? "");
    while (!isSettled() && !signal.aborted) {
      await new Promise<void>((resolve) => {
        const done = () => {
          this.#changed.delete(done);
          signal.removeEventListener("abort", done);
          resolve();
        };
        this.#changed.add(done);
        signal.addEventListener("abort", done, { once: true });
      });
    }
    return isSettled();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearTimeout(this.#again);
    await this.#process[Symbol.asyncDispose]();
    this.#set({ state: "down", reason: "stopped" }, "");
  }

  #listen(): void {
    this.#process.send({ type: "listen", settings: this.#o.settings });
  }

  #tell(policy: CompiledPolicy): void {
    const dnsServers = [...this.#o.dnsServers];
    // Hanare's own origins are for isolated browsers; a terminal has no way to them.
    const { listFolder } = this.#o;
    this.#process.send({
      type: "configure",
      policy,
      dnsServers,
      parentSecrets: { ...this.#secrets },
      internalOrigins: [],
      ...(listFolder !== undefined && { listFolder }),
    });
  }

  #listenFailed(reason: string): void {
    const { host, port } = this.#o.settings;
    this.#o.log.error({ event: "terminal-plane-up", outcome: "failure", host, port, reason });
    this.#set({ state: "down", reason }, this.#inForce);
    clearTimeout(this.#again);
    this.#again = setTimeout(() => this.#listen(), listenAgainMs);
  }

  #set(status: TerminalPlaneStatus, inForce: string): void {
    this.#status = status;
    this.#inForce = inForce;
    for (const done of [...this.#changed]) done();
  }
}
