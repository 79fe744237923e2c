/**
 * Boxes of one kind: a few never-used ones wait warm, each serves one file and is removed. Knows nothing of what
 * is said to a box.
 */
import { AppError, describeError } from "../../base/errors.ts";
import type { Log } from "../../base/log.ts";
import { Box, type BoxArgs } from "./box.ts";

const refillPauseMs = 5000;

export interface BoxPoolArgs extends BoxArgs {
  readonly warm: number;
  readonly log: Log;
}

export class BoxPool implements AsyncDisposable {
  readonly #args: BoxPoolArgs;
  readonly #stop = new AbortController();
  readonly #names = new Set<string>();
  #warm: Box[] = [];
  #filling: Promise<void> | undefined;
  #refill: NodeJS.Timeout | undefined;
  readonly #removals = new Set<Promise<void>>();

  constructor(args: BoxPoolArgs) {
    this.#args = args;
  }

  /** Containers that exist or are being made, by name. */
  get names(): ReadonlySet<string> {
    return this.#names;
  }

  get warmCount(): number {
    return this.#warm.filter((box) => !box.isDead).length;
  }

  /** Aborts when the pool is disposed of. */
  get stopping(): AbortSignal {
    return this.#stop.signal;
  }

  /** Brings the number of waiting boxes to what was asked for. Tries again later when the engine refuses. */
  fill(): Promise<void> {
    this.#filling ??= this.#fill().finally(() => {
      this.#filling = undefined;
    });
    return this.#filling;
  }

  async #fill(): Promise<void> {
    for (const box of this.#warm.filter((each) => each.isDead)) void this.remove(box);
    this.#warm = this.#warm.filter((each) => !each.isDead);
    try {
      while (this.#warm.length < this.#args.warm && !this.#stop.signal.aborted) {
        const box = await this.#open(this.#stop.signal);
        this.#warm.push(box);
        box.ended.catch(() => this.#onWarmDeath(box));
      }
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      this.#args.log.error({ event: "sandbox-warm", reason: describeError(error) });
      this.#fillLater();
    }
  }

  #onWarmDeath(box: Box): void {
    if (this.#warm.includes(box)) this.#fillLater();
  }

  #fillLater(): void {
    if (this.#stop.signal.aborted) return;
    clearTimeout(this.#refill);
    this.#refill = setTimeout(() => void this.fill(), refillPauseMs).unref();
  }

  async #open(signal: AbortSignal): Promise<Box> {
    let name = "";
    try {
      return await Box.open(this.#args, (chosen) => this.#names.add((name = chosen)), signal);
    } catch (error) {
      this.#names.delete(name);
      throw error;
    }
  }

  /** A box for one file: a waiting one, or a new one. Throws what making one throws. */
  async take(signal: AbortSignal): Promise<Box> {
    for (let box = this.#warm.shift(); box !== undefined; box = this.#warm.shift()) {
      if (!box.isDead) return box;
      void this.remove(box);
    }
    return this.#open(AbortSignal.any([signal, this.#stop.signal]));
  }

  /** Used or dead boxes go in the background; shutting down waits for them. Never rejects. */
  remove(box: Box): Promise<void> {
    const removal = box[Symbol.asyncDispose]()
      .then(() => void this.#names.delete(box.name))
      .catch((error: unknown) => {
        // The name stays known, so that reap() does not count it as lost; it is tried again there.
        this.#args.log.error({ event: "sandbox-remove", reason: describeError(error) });
        this.#names.delete(box.name);
      })
      .finally(() => this.#removals.delete(removal));
    this.#removals.add(removal);
    return removal;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort(new AppError("SANDBOX_FAILED", { detail: "stopping" }));
    clearTimeout(this.#refill);
    await this.#filling;
    const waiting = this.#warm;
    this.#warm = [];
    await Promise.all(waiting.map((box) => this.remove(box)));
    await Promise.all(this.#removals);
  }
}
