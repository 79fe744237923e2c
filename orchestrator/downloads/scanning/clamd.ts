/**
 * Keeps one clamd container running: no network, read-only root, the scanner's socket folder mounted
 * read-only as the only thing of the host inside. When it dies it is removed and a new one is started,
 * sooner the first time, later when it keeps dying. Scans meanwhile wait, and fail at their deadline.
 */
import { setTimeout as sleep } from "node:timers/promises";
import { describeError } from "../../base/errors.ts";
import type { InstallationId } from "../../base/ids.ts";
import type { Log } from "../../base/log.ts";
import type { ContainerSpec, EngineClient } from "../../engine/client.ts";
import { hardenedHostConfig } from "../../engine/hardening.ts";
import { makeLabels } from "../../engine/labels.ts";
import { containerName } from "../boxes/container-name.ts";

const memoryMb = 3072;
const workMb = 1024;
const firstPauseMs = 200;
const longestPauseMs = 30_000;
/** Scans that fail in a row before the scanner is taken for hung. */
const failuresBeforeRestart = 3;

/** The imported signatures, as far as the scanner cares. */
export interface SignatureSource {
  /** Folder of the set in force; undefined when none was imported. */
  current(): Promise<string | undefined>;
  /** Calls the listener when another set is in force; returns the unsubscriber. */
  onChange(listener: () => void): () => void;
}

export interface ClamdArgs {
  readonly engine: EngineClient;
  readonly installation: InstallationId;
  readonly image: string;
  readonly socketDir: string;
  readonly uid: number;
  readonly signatures: SignatureSource;
  readonly log: Log;
}

function clamdSpec(name: string, args: ClamdArgs, signatures: string | undefined): ContainerSpec {
  return {
    name,
    Image: args.image,
    User: `${args.uid}:${args.uid}`,
    Labels: makeLabels(args.installation, "clamd"),
    HostConfig: hardenedHostConfig({
      limits: { memoryMb, pids: 64, cpus: 2 },
      tmpfs: { "/work": { mb: workMb, uid: args.uid } },
      readOnlyBinds: [
        { host: args.socketDir, inside: "/run/hanare" },
        ...(signatures === undefined ? [] : [{ host: signatures, inside: "/var/lib/clamav" }]),
      ],
    }),
  };
}

export class ClamdKeeper implements AsyncDisposable {
  readonly #args: ClamdArgs;
  readonly #stop = new AbortController();
  #current: string | undefined;
  #running: Promise<void> | undefined;
  #failures = 0;
  #starts = 0;
  #faults = 0;
  #isWanted = false;
  #unwatch: (() => void) | undefined;

  constructor(args: ClamdArgs) {
    this.#args = args;
  }

  /** Name of the container that exists now, or is being made. */
  get container(): string | undefined {
    return this.#current;
  }

  /** How often a container was started; the first is 1. */
  get starts(): number {
    return this.#starts;
  }

  /** How often one ended by itself, or was ended because it no longer answered. */
  get faults(): number {
    return this.#faults;
  }

  start(): void {
    this.#running ??= this.#keep();
    this.#unwatch ??= this.#args.signatures.onChange(() => {
      this.#isWanted = true;
      this.#restart("new signatures");
    });
  }

  /** Called after every scan that said something, or did not. */
  noteScan(worked: boolean): void {
    this.#failures = worked ? 0 : this.#failures + 1;
    if (this.#failures < failuresBeforeRestart) return;
    this.#failures = 0;
    this.#restart("scans keep failing");
  }

  /** Scans wait for the next one. */
  #restart(reason: string): void {
    if (this.#current === undefined) return;
    this.#args.log.warn({ event: "clamd-restart", reason });
    this.#args.engine
      .remove(this.#current)
      .catch((error: unknown) =>
        this.#args.log.error({ event: "clamd-remove", reason: describeError(error) }),
      );
  }

  async #keep(): Promise<void> {
    let pauseMs = firstPauseMs;
    while (!this.#stop.signal.aborted) {
      const startedAt = performance.now();
      try {
        await this.#runOne();
      } catch (error) {
        this.#args.log.error({ event: "clamd-failed", reason: describeError(error) });
      }
      // One that lived a while starts the count of bad luck anew.
      pauseMs =
        performance.now() - startedAt > longestPauseMs
          ? firstPauseMs
          : Math.min(pauseMs * 2, longestPauseMs);
      await sleep(pauseMs, undefined, { signal: this.#stop.signal }).catch(() => undefined);
    }
  }

  async #runOne(): Promise<void> {
    const { engine, installation, signatures, log } = this.#args;
    await using undo = new AsyncDisposableStack();
    const name = containerName(installation, "clamd");
    this.#current = name;
    undo.defer(async () => {
      await engine.remove(name);
      this.#current = undefined;
    });
    const spec = clamdSpec(name, this.#args, await signatures.current());
    await engine.create(spec, this.#stop.signal);
    await engine.start(name, this.#stop.signal);
    this.#starts += 1;
    const stopNow = () => void engine.remove(name).catch(() => undefined);
    this.#stop.signal.addEventListener("abort", stopNow, { once: true });
    undo.defer(() => this.#stop.signal.removeEventListener("abort", stopNow));
    if (this.#isStopping()) return;
    const exitCode = await engine.wait(name).catch((error: unknown) => describeError(error));
    if (this.#isStopping()) return;
    log.warn({ event: "clamd-ended", exitCode });
    if (!this.#isWanted) this.#faults += 1;
    this.#isWanted = false;
  }

  #isStopping(): boolean {
    return this.#stop.signal.aborted;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#unwatch?.();
    this.#stop.abort();
    await this.#running;
  }
}
