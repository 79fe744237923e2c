/**
 * Sandboxes for files: a few never-used ones wait warm, each serves one file and is removed. A job hands
 * the bytes in, and takes a result and output that were both checked against what the protocol and the
 * limits allow. Whatever goes wrong is an outcome (`failed`), never a release and never an exception.
 */
import { PassThrough, type Readable } from "node:stream";
import { deadline } from "../base/deadline.ts";
import { AppError, describeError, isAppError } from "../base/errors.ts";
import type { Log } from "../base/log.ts";
import { encodeFrame, encodeJsonFrame, type Frame } from "../../images/wire/frame.ts";
import {
  contradiction,
  type SandboxJob,
  type SandboxProgress,
  type SandboxResult,
  sandboxChunkBytes,
  sandboxFrame,
  sandboxInside,
  sandboxProgress,
  sandboxProgressLimit,
  sandboxResult,
} from "../../images/wire/sandbox.ts";
import { Box, type BoxArgs } from "./box.ts";
import type { BoxOutcome, ScanOutcome } from "./decide.ts";
import type { StoredFile } from "./quarantine.ts";

const refillPauseMs = 5000;

export interface SandboxArgs extends BoxArgs {
  readonly warm: number;
  readonly seconds: number;
  readonly log: Log;
}

export interface SandboxRun {
  readonly job: SandboxJob;
  readonly input: Readable;
  /** Keeps the output; called at most once, and only when the result announces one. */
  readonly store: (output: Readable, limitBytes: number) => Promise<StoredFile>;
  /** Removes what was stored, when the run fails after all. */
  readonly discard: (file: StoredFile) => Promise<void>;
  readonly onProgress: (progress: SandboxProgress) => void;
  /** Looks at what the box unpacked; called once per archive of unpacked files. */
  readonly scanInside: (bytes: Readable) => Promise<ScanOutcome>;
}

export interface SandboxAnswer {
  readonly outcome: BoxOutcome;
  readonly output: StoredFile | undefined;
  readonly engines: Readonly<Record<string, string>>;
  /** One for each archive of unpacked files. */
  readonly insideScans: readonly ScanOutcome[];
}

/** Turns frames into one result with its output. Throws at the first frame that is out of order. */
class AnswerReader {
  readonly finished = Promise.withResolvers<SandboxResult>();
  readonly #run: SandboxRun;
  #progressSeen = 0;
  #result: SandboxResult | undefined;
  #remaining = 0;
  #pipe: PassThrough | undefined;
  stored: Promise<StoredFile> | undefined;
  readonly inside: Promise<ScanOutcome>[] = [];
  #insideBytes = 0;

  constructor(run: SandboxRun) {
    this.#run = run;
    this.finished.promise.catch(() => undefined);
  }

  take(frame: Frame): void {
    switch (frame.type) {
      case sandboxFrame.progress:
        this.#progress(frame.payload);
        return;
      case sandboxFrame.inside:
        this.#beginInside(frame.payload);
        return;
      case sandboxFrame.result:
        this.#takeResult(frame.payload);
        return;
      case sandboxFrame.chunk:
        this.#chunk(frame.payload);
        return;
      case sandboxFrame.end:
        this.#end();
        return;
      default:
        throw new Error(`unexpected frame ${frame.type}`);
    }
  }

  #progress(payload: Buffer): void {
    this.#progressSeen += 1;
    if (this.#result !== undefined || this.#progressSeen > sandboxProgressLimit)
      throw new Error("too much progress");
    this.#run.onProgress(sandboxProgress.parse(JSON.parse(payload.toString("utf8"))));
  }

  /** Bounded over the whole job by what it may unpack; the frames around each archive are small change. */
  #beginInside(payload: Buffer): void {
    const { bytes } = sandboxInside.parse(JSON.parse(payload.toString("utf8")));
    this.#insideBytes += bytes;
    if (this.#result !== undefined || this.#pipe !== undefined)
      throw new Error("unpacked files at the wrong time");
    if (this.#insideBytes > this.#run.job.limits.unpackedBytes * 1.1)
      throw new Error("more unpacked than allowed");
    this.#remaining = bytes;
    this.#pipe = new PassThrough();
    this.#pipe.on("error", () => undefined);
    this.inside.push(this.#run.scanInside(this.#pipe));
  }

  #takeResult(payload: Buffer): void {
    if (this.#result !== undefined || this.#pipe !== undefined) throw new Error("a second result");
    const result = sandboxResult.parse(JSON.parse(payload.toString("utf8")));
    const wrong = contradiction(result);
    if (wrong !== undefined) throw new Error(wrong);
    this.#result = result;
    if (result.output === null) {
      this.finished.resolve(result);
      return;
    }
    const limit = this.#run.job.limits.outputBytes;
    if (result.output.bytes > limit) throw new Error("output beyond the limit");
    this.#remaining = result.output.bytes;
    // Bounded by `remaining`: the pipe never holds more than the output that was announced and allowed.
    this.#pipe = new PassThrough();
    this.stored = this.#run.store(this.#pipe, limit);
    this.stored.catch((error: unknown) => this.finished.reject(error));
  }

  #chunk(payload: Buffer): void {
    this.#remaining -= payload.length;
    if (this.#pipe === undefined || this.#remaining < 0)
      throw new Error("more output than announced");
    this.#pipe.write(payload);
  }

  #end(): void {
    if (this.#pipe === undefined || this.#remaining !== 0)
      throw new Error("less output than announced");
    this.#pipe.end();
    if (this.#result === undefined) {
      this.#pipe = undefined;
      return;
    }
    this.finished.resolve(this.#result);
  }

  /** Ends an output that will not be completed. */
  abandon(error: unknown): void {
    this.#pipe?.destroy(error instanceof Error ? error : new Error("abandoned"));
  }
}

async function sendJob(box: Box, { job, input }: SandboxRun): Promise<void> {
  await box.write(encodeJsonFrame(sandboxFrame.job, job));
  for await (const chunk of input as AsyncIterable<Buffer>) {
    for (let at = 0; at < chunk.length; at += sandboxChunkBytes) {
      await box.write(encodeFrame(sandboxFrame.chunk, chunk.subarray(at, at + sandboxChunkBytes)));
    }
  }
  await box.write(encodeFrame(sandboxFrame.end, Buffer.alloc(0)));
}

export class SandboxPool implements AsyncDisposable {
  readonly #args: SandboxArgs;
  readonly #stop = new AbortController();
  readonly #names = new Set<string>();
  #warm: Box[] = [];
  #filling: Promise<void> | undefined;
  #refill: NodeJS.Timeout | undefined;
  readonly #removals = new Set<Promise<void>>();

  constructor(args: SandboxArgs) {
    this.#args = args;
  }

  /** Containers that exist or are being made, by name. */
  get names(): ReadonlySet<string> {
    return this.#names;
  }

  get warmCount(): number {
    return this.#warm.filter((box) => !box.isDead).length;
  }

  /** Brings the number of waiting boxes to what was asked for. Tries again later when the engine refuses. */
  fill(): Promise<void> {
    this.#filling ??= this.#fill().finally(() => {
      this.#filling = undefined;
    });
    return this.#filling;
  }

  async #fill(): Promise<void> {
    for (const box of this.#warm.filter((each) => each.isDead)) void this.#remove(box);
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

  async #take(signal: AbortSignal): Promise<Box> {
    for (let box = this.#warm.shift(); box !== undefined; box = this.#warm.shift()) {
      if (!box.isDead) return box;
      void this.#remove(box);
    }
    return this.#open(signal);
  }

  /** Used or dead boxes go in the background; shutting down waits for them. */
  #remove(box: Box): Promise<void> {
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

  async run(run: SandboxRun, signal: AbortSignal): Promise<SandboxAnswer> {
    let engines: Readonly<Record<string, string>> = {};
    const answer = new AnswerReader(run);
    let box: Box | undefined;
    try {
      // Waiting for a box is not the file's time.
      box = await this.#take(AbortSignal.any([signal, this.#stop.signal]));
      engines = (await box.ready).engines;
      const limit = deadline(
        this.#args.seconds * 1000,
        "sandbox",
        AbortSignal.any([signal, this.#stop.signal]),
      );
      const result = await this.#work(box, run, answer, limit);
      const output = await answer.stored;
      this.#args.log.debug({
        event: "sandbox-job",
        outcome: result.verdict,
        reason: result.reason,
        untrustedStderr: box.untrustedStderr,
      });
      const insideScans = await Promise.all(answer.inside);
      return { outcome: { kind: "done", result }, output, engines, insideScans };
    } catch (error) {
      answer.abandon(error);
      await discardStored(answer, run);
      const insideScans = await Promise.all(answer.inside);
      return { outcome: this.#failure(error, box), output: undefined, engines, insideScans };
    } finally {
      run.input.destroy();
      if (box !== undefined) void this.#remove(box);
      void this.fill();
    }
  }

  async #work(
    box: Box,
    run: SandboxRun,
    answer: AnswerReader,
    limit: AbortSignal,
  ): Promise<SandboxResult> {
    box.handle((frame) => answer.take(frame));
    const { promise: aborted, reject } = Promise.withResolvers<never>();
    const onAbort = () => reject(limit.reason as Error);
    limit.addEventListener("abort", onAbort, { once: true });
    try {
      limit.throwIfAborted();
      const sending = sendJob(box, run);
      sending.catch((error: unknown) => answer.finished.reject(error));
      return await Promise.race([answer.finished.promise, box.ended, aborted]);
    } finally {
      limit.removeEventListener("abort", onAbort);
    }
  }

  #failure(error: unknown, box: Box | undefined): BoxOutcome {
    const detail = describeError(error).slice(0, 300);
    const timedOut = isAppError(error, "DEADLINE_EXCEEDED");
    this.#args.log.warn({
      event: "sandbox-job",
      outcome: "failed",
      reason: detail,
      untrustedStderr: box?.untrustedStderr,
    });
    return { kind: "failed", reason: timedOut ? "sandbox-timeout" : "sandbox-failed", detail };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort(new AppError("SANDBOX_FAILED", { detail: "stopping" }));
    clearTimeout(this.#refill);
    await this.#filling;
    const waiting = this.#warm;
    this.#warm = [];
    await Promise.all(waiting.map((box) => this.#remove(box)));
    await Promise.all(this.#removals);
  }
}

async function discardStored(answer: AnswerReader, run: SandboxRun): Promise<void> {
  const stored = await answer.stored?.catch(() => undefined);
  if (stored !== undefined) await run.discard(stored);
}
