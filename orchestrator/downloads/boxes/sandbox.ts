/**
 * One file through one sandbox: hands the bytes in, has documents of older formats converted when the box asks, and
 * takes a result and output that were both checked against what the protocol and the limits allow. Whatever goes
 * wrong is an outcome (`failed`), never a release and never an exception.
 */
import type { Readable } from "node:stream";
import { WorkClock, waitFor } from "../../base/deadline.ts";
import { describeError, isAppError } from "../../base/errors.ts";
import type { Log } from "../../base/log.ts";
import { encodeJsonFrame } from "../../../images/wire/frame.ts";
import {
  type SandboxConvert,
  type SandboxResult,
  sandboxFrame,
} from "../../../images/wire/sandbox.ts";
import { AnswerReader, type SandboxRun } from "./answer-reader.ts";
import type { Box } from "./box.ts";
import type { BoxPool } from "./box-pool.ts";
import type { BoxOutcome, ScanOutcome } from "../verdict/decide.ts";
import { type ConvertedDocument, type Office, sendBytes } from "./office.ts";
import type { StoredFile } from "../quarantine/quarantine.ts";

export interface SandboxArgs {
  readonly boxes: BoxPool;
  /** Absent when the installation has no office image. */
  readonly office: Office | undefined;
  readonly seconds: number;
  readonly log: Log;
}

export interface SandboxAnswer {
  readonly outcome: BoxOutcome;
  readonly output: StoredFile | undefined;
  readonly engines: Readonly<Record<string, string>>;
  /** One for each archive of unpacked files. */
  readonly insideScans: readonly ScanOutcome[];
}

async function sendJob(box: Box, { job, input }: SandboxRun): Promise<void> {
  await box.write(encodeJsonFrame(sandboxFrame.job, job));
  await sendBytes(box, input as AsyncIterable<Buffer>);
}

const noOffice: ConvertedDocument = {
  answer: { refused: "no-engine" },
  bytes: Buffer.alloc(0),
  engines: {},
};

/** A run in its box: the clock, the reader of its answer, and which engines took part. */
interface Turn {
  readonly box: Box;
  readonly run: SandboxRun;
  readonly answer: AnswerReader;
  readonly clock: WorkClock;
  readonly engines: Record<string, string>;
  /** Aborts with the turn: nothing goes on for a file whose box is gone. */
  readonly over: AbortController;
}

export class Sandboxes {
  readonly #args: SandboxArgs;

  constructor(args: SandboxArgs) {
    this.#args = args;
  }

  async run(run: SandboxRun, signal: AbortSignal): Promise<SandboxAnswer> {
    const { boxes, log, seconds } = this.#args;
    const engines: Record<string, string> = {};
    let turn: Turn | undefined;
    const answer = new AnswerReader(run, (wish, bytes) => {
      if (turn !== undefined) this.#convert(turn, wish, bytes);
    });
    let box: Box | undefined;
    try {
      // Waiting for a box is not the file's time.
      box = await boxes.take(signal);
      Object.assign(engines, (await box.ready).engines);
      const clock = new WorkClock(
        seconds * 1000,
        "sandbox",
        AbortSignal.any([signal, boxes.stopping]),
      );
      turn = { box, run, answer, clock, engines, over: new AbortController() };
      const result = await this.#work(turn);
      const output = await answer.stored;
      log.debug({
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
      turn?.clock.pause();
      turn?.over.abort();
      run.input.destroy();
      if (box !== undefined) void boxes.remove(box);
      void boxes.fill();
    }
  }

  async #work({ box, run, answer, clock }: Turn): Promise<SandboxResult> {
    box.handle((frame) => answer.take(frame));
    clock.signal.throwIfAborted();
    const sending = sendJob(box, run);
    sending.catch((error: unknown) => answer.finished.reject(error));
    return await waitFor(Promise.race([answer.finished.promise, box.ended]), clock.signal);
  }

  /** The conversion has a time of its own: meanwhile the file's clock stands still. */
  #convert(turn: Turn, wish: SandboxConvert, input: Readable): void {
    turn.clock.pause();
    this.#answerWish(turn, wish, input)
      .catch((error: unknown) => turn.answer.finished.reject(error))
      .finally(() => turn.clock.resume());
  }

  async #answerWish(turn: Turn, wish: SandboxConvert, input: Readable): Promise<void> {
    const { box, run, clock, engines, over } = turn;
    const signal = AbortSignal.any([clock.signal, over.signal]);
    const { outputBytes } = run.job.limits;
    const conversion = { wish, input, outputBytes };
    const converted = (await this.#args.office?.convert(conversion, signal)) ?? noOffice;
    Object.assign(engines, converted.engines);
    await box.write(encodeJsonFrame(sandboxFrame.converted, converted.answer));
    if ("bytes" in converted.answer) await sendBytes(box, [converted.bytes]);
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
}

async function discardStored(answer: AnswerReader, run: SandboxRun): Promise<void> {
  const stored = await answer.stored?.catch(() => undefined);
  if (stored !== undefined) await run.discard(stored);
}
