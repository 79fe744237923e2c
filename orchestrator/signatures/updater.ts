/**
 * Looks for newer signatures on a schedule, with jitter and back-off, one look at a time. What comes goes the way of an
 * import: checked whole by ClamAV's own programs before it is in force. Whatever goes wrong, what is in force stays.
 */
import type { DatabaseSync } from "node:sqlite";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { tmpdir } from "node:os";
import { AppError, describeError, isAppError } from "../base/errors.ts";
import type { Log } from "../base/log.ts";
import { Mutex } from "../base/mutex.ts";
import type { SignatureUpdates } from "../config/signatures.ts";
import { importSignatures } from "./import-signatures.ts";
import type { Fetched } from "./read-fetched.ts";
import type { SignatureStore } from "./signature-store.ts";
import type { SignatureUpdateService, SignatureUpdateView, UpdateOutcome } from "./types.ts";
import { type UpdateState, UpdateStates } from "./update-state.ts";

export interface UpdaterOptions {
  readonly settings: SignatureUpdates;
  readonly store: SignatureStore;
  readonly database: DatabaseSync;
  readonly log: Log;
  readonly now: () => number;
  /** Between 0 and 1. */
  readonly random: () => number;
  /** Fetches into a folder what is newer than the set in force. */
  readonly fetch: (into: string, signal: AbortSignal) => Promise<Fetched>;
  /** Throws SIGNATURES_REFUSED. */
  readonly check: (dir: string) => Promise<void>;
}

const hourMs = 3_600_000;
const firstPauseMs = 15 * 60_000;
const jitter = 0.2;
/** Timers cannot wait for weeks; nothing is lost by looking at the clock each hour. */
const longestWaitMs = hourMs;
/** After a start, so that sessions come first. */
const settleMs = 60_000;
const detailLimit = 1000;

type Outcome = { readonly outcome: UpdateOutcome; readonly detail: string };

export class SignatureUpdater implements SignatureUpdateService, AsyncDisposable {
  readonly #o: UpdaterOptions;
  readonly #states: UpdateStates;
  readonly #one = new Mutex();
  readonly #stop = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<unknown> = Promise.resolve();

  constructor(options: UpdaterOptions) {
    this.#o = options;
    this.#states = new UpdateStates(options.database);
    if (this.#isOn) this.#wait(settleMs);
  }

  get #isOn(): boolean {
    return this.#o.settings.source !== "off";
  }

  view(): SignatureUpdateView {
    const { outcome, detail, lookedAtMs, goodAtMs, nextAtMs } = this.#states.get();
    const { source } = this.#o.settings;
    return {
      source,
      outcome,
      detail,
      lookedAtMs,
      goodAtMs,
      nextAtMs: this.#isOn ? nextAtMs : null,
    };
  }

  async look(): Promise<SignatureUpdateView> {
    if (!this.#isOn) throw new AppError("SIGNATURES_NO_SOURCE");
    await this.#one.run(() => this.#look());
    return this.view();
  }

  #wait(leastMs: number): void {
    if (this.#stop.signal.aborted) return;
    const dueMs = Math.max(this.#states.get().nextAtMs - this.#o.now(), leastMs);
    this.#timer = setTimeout(() => this.#tick(), Math.min(dueMs, longestWaitMs));
    this.#timer.unref();
  }

  #tick(): void {
    const isDue = this.#states.get().nextAtMs <= this.#o.now();
    this.#running = (isDue ? this.look() : Promise.resolve())
      .catch((error: unknown) =>
        this.#o.log.error({ event: "signature-update", reason: describeError(error) }),
      )
      .then(() => this.#wait(1000));
  }

  async #look(): Promise<void> {
    const { log, now, settings } = this.#o;
    const { outcome, detail } = await this.#fetched();
    const isGood = outcome === "current" || outcome === "taken";
    log[isGood ? "info" : "error"]({ event: "signature-update", outcome, reason: detail });
    const before = this.#states.get();
    const failures = isGood ? 0 : before.failures + 1;
    const everyMs = settings.everyHours * hourMs;
    const pauseMs = isGood ? everyMs : Math.min(firstPauseMs * 2 ** (failures - 1), everyMs);
    const state: UpdateState = {
      ...{ outcome, failures, detail: detail.slice(-detailLimit) },
      lookedAtMs: now(),
      goodAtMs: isGood ? now() : before.goodAtMs,
      nextAtMs: Math.round(now() + pauseMs * (1 + jitter * (2 * this.#o.random() - 1))),
    };
    this.#states.put(state);
  }

  async #fetched(): Promise<Outcome> {
    const { store, fetch, check } = this.#o;
    const into = await mkdtemp(join(tmpdir(), "hanare-signatures-"));
    try {
      const { exit, said, names } = await fetch(into, this.#stop.signal);
      if (names.length === 0)
        return exit === 0
          ? { outcome: "current", detail: "" }
          : { outcome: "failed", detail: said };
      await importSignatures({ store, sources: [into], allowOlder: false, check });
      const taken = names.join(" ");
      // Some came and some did not: what came is good by itself.
      return exit === 0
        ? { outcome: "taken", detail: taken }
        : { outcome: "partly", detail: `${taken}; ${said}` };
    } catch (error) {
      const isRefused = isAppError(error) && error.code === "SIGNATURES_REFUSED";
      const detail = isRefused ? String(error.context["detail"]) : describeError(error);
      return { outcome: isRefused ? "refused" : "failed", detail };
    } finally {
      await rm(into, { recursive: true, force: true });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearTimeout(this.#timer);
    this.#stop.abort(new Error("shutting down"));
    await this.#running;
  }
}
