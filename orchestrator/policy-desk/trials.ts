/** Trials that somebody started and asks about: one runs at a time, few wait, results stay some minutes. */
import { randomBytes } from "node:crypto";
import { AppError } from "../base/errors.ts";
import { Mutex } from "../base/mutex.ts";
import type { Trial, TrialJob } from "./types.ts";

const mostRunning = 4;
const mostKept = 20;

export class Trials implements AsyncDisposable {
  readonly #jobs = new Map<string, TrialJob>();
  readonly #turn = new Mutex();
  readonly #stop = new AbortController();

  /** Throws CAPACITY. */
  start(run: (signal: AbortSignal, onProgress: (share: number) => void) => Promise<Trial>): string {
    const running = [...this.#jobs.values()].filter(({ state }) => state === "running");
    if (running.length >= mostRunning) throw new AppError("CAPACITY", { what: "policy trials" });
    const id = `t${randomBytes(12).toString("base64url")}`;
    const set = (job: TrialJob) => void this.#jobs.set(id, job);
    set({ state: "running", progress: 0 });
    this.#forgetOldest();
    void this.#turn.run(async () => {
      try {
        const onProgress = (progress: number) => set({ state: "running", progress });
        set({ state: "done", trial: await run(this.#stop.signal, onProgress) });
      } catch (error) {
        set({ state: "failed", error });
      }
    });
    return id;
  }

  /** Throws NOT_FOUND. */
  get(id: string): TrialJob {
    const job = this.#jobs.get(id);
    if (!job) throw new AppError("NOT_FOUND", { what: "policy trial" });
    return job;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#turn.run(() => Promise.resolve());
  }

  #forgetOldest(): void {
    for (const [id, { state }] of this.#jobs) {
      if (this.#jobs.size <= mostKept) return;
      if (state !== "running") this.#jobs.delete(id);
    }
  }
}
