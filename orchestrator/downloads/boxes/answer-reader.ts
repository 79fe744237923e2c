/**
 * What one box answers, frame by frame, up to a result with its output. Every frame is checked against the protocol
 * and counted against the limits as it arrives; the first that is out of order throws and so ends the box.
 */
import { PassThrough, type Readable } from "node:stream";
import type { Frame } from "../../../images/wire/frame.ts";
import {
  contradiction,
  type SandboxConvert,
  type SandboxJob,
  type SandboxProgress,
  type SandboxResult,
  sandboxConversions,
  sandboxConvert,
  sandboxFrame,
  sandboxInside,
  sandboxProgress,
  sandboxProgressLimit,
  sandboxResult,
} from "../../../images/wire/sandbox.ts";
import type { ScanOutcome } from "../verdict/decide.ts";
import type { StoredFile } from "../quarantine/quarantine.ts";

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

/** Has a document made over by the office box and answers the box that asked; its failure ends that box. */
export type Convert = (wish: SandboxConvert, bytes: Readable) => void;

/** Turns frames into one result with its output. Throws at the first frame that is out of order. */
export class AnswerReader {
  readonly finished = Promise.withResolvers<SandboxResult>();
  readonly #run: SandboxRun;
  #progressSeen = 0;
  #result: SandboxResult | undefined;
  #remaining = 0;
  #pipe: PassThrough | undefined;
  stored: Promise<StoredFile> | undefined;
  readonly inside: Promise<ScanOutcome>[] = [];
  #insideBytes = 0;
  readonly #convert: Convert;
  #conversions = 0;

  constructor(run: SandboxRun, convert: Convert) {
    this.#run = run;
    this.#convert = convert;
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
      case sandboxFrame.convert:
        this.#beginConversion(frame.payload);
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
    this.inside.push(this.#run.scanInside(this.#beginBytes(bytes)));
  }

  #beginConversion(payload: Buffer): void {
    const wish = sandboxConvert.parse(JSON.parse(payload.toString("utf8")));
    this.#conversions += 1;
    if (this.#conversions > sandboxConversions) throw new Error("too many conversions");
    this.#convert(wish, this.#beginBytes(wish.bytes));
  }

  /** Files from inside the job's file, for somebody else to look at: bounded in sum. */
  #beginBytes(bytes: number): Readable {
    this.#insideBytes += bytes;
    if (this.#result !== undefined || this.#pipe !== undefined)
      throw new Error("unpacked files at the wrong time");
    if (this.#insideBytes > this.#run.job.limits.unpackedBytes * 1.1)
      throw new Error("more unpacked than allowed");
    this.#remaining = bytes;
    this.#pipe = new PassThrough();
    this.#pipe.on("error", () => undefined);
    return this.#pipe;
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
