/**
 * Has LibreOffice make documents of today out of those of older formats: one fresh container per document, without
 * a network, ended at its deadline. What comes back is not trusted any more than what went in; the sandbox that
 * asked rebuilds it. Every failure is an outcome with a reason.
 */
import type { Readable } from "node:stream";
import { deadline, waitFor } from "../../base/deadline.ts";
import { describeError, isAppError } from "../../base/errors.ts";
import type { Log } from "../../base/log.ts";
import { encodeFrame, encodeJsonFrame, type Frame } from "../../../images/wire/frame.ts";
import { type OfficeResult, officeResult } from "../../../images/wire/office.ts";
import {
  type SandboxConvert,
  type SandboxConverted,
  sandboxChunkBytes,
  sandboxFrame,
} from "../../../images/wire/sandbox.ts";
import type { Box } from "./box.ts";
import type { BoxPool } from "./box-pool.ts";

/** A converted document is held here on its way from one box to the other. */
const convertedLimitBytes = 100 * 1024 ** 2;
/** The host's patience beyond LibreOffice's own time: start, profile, bytes to and fro. */
const beyondMs = 20_000;

export interface OfficeArgs {
  readonly boxes: BoxPool;
  readonly seconds: number;
  readonly log: Log;
}

export interface Conversion {
  readonly wish: SandboxConvert;
  readonly input: Readable;
  /** Largest file the sandbox may hand out; nothing larger is worth converting to. */
  readonly outputBytes: number;
}

export interface ConvertedDocument {
  readonly answer: SandboxConverted;
  readonly bytes: Buffer;
  readonly engines: Readonly<Record<string, string>>;
}

/** One result and exactly the bytes it announces. Throws at the first frame that is out of order. */
class ResultReader {
  readonly finished = Promise.withResolvers<{ result: OfficeResult; bytes: Buffer }>();
  readonly #limitBytes: number;
  #result: OfficeResult | undefined;
  #remaining = 0;
  readonly #chunks: Buffer[] = [];

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
    this.finished.promise.catch(() => undefined);
  }

  take({ type, payload }: Frame): void {
    if (type === sandboxFrame.result && this.#result === undefined) this.#begin(payload);
    else if (type === sandboxFrame.chunk && payload.length <= this.#remaining) {
      this.#remaining -= payload.length;
      this.#chunks.push(payload);
    } else if (type === sandboxFrame.end && this.#result && this.#remaining === 0)
      this.finished.resolve({ result: this.#result, bytes: Buffer.concat(this.#chunks) });
    else throw new Error(`unexpected frame ${type}`);
  }

  #begin(payload: Buffer): void {
    const result = officeResult.parse(JSON.parse(payload.toString("utf8")));
    this.#result = result;
    if ("refused" in result) this.finished.resolve({ result, bytes: Buffer.alloc(0) });
    else if (result.bytes > this.#limitBytes) throw new Error("output beyond the limit");
    else this.#remaining = result.bytes;
  }
}

export class Office {
  readonly #args: OfficeArgs;

  constructor(args: OfficeArgs) {
    this.#args = args;
  }

  /** Never rejects: `engine-error` and `time-limit` are answers. */
  async convert(conversion: Conversion, signal: AbortSignal): Promise<ConvertedDocument> {
    const { boxes, log } = this.#args;
    let box: Box | undefined;
    try {
      box = await boxes.take(signal);
      const { engines } = await box.ready;
      const { result, bytes } = await this.#work(box, conversion, signal);
      return { answer: result, bytes, engines };
    } catch (error) {
      const late = isAppError(error, "DEADLINE_EXCEEDED");
      log.warn({
        event: "office-job",
        outcome: "failed",
        reason: describeError(error).slice(0, 300),
        untrustedStderr: box?.untrustedStderr,
      });
      const refused = late ? "time-limit" : "engine-error";
      return { answer: { refused }, bytes: Buffer.alloc(0), engines: {} };
    } finally {
      conversion.input.destroy();
      if (box !== undefined) void boxes.remove(box);
      void boxes.fill();
    }
  }

  async #work(box: Box, { wish, input, outputBytes }: Conversion, signal: AbortSignal) {
    const { boxes, seconds, log } = this.#args;
    const limitBytes = Math.min(outputBytes, convertedLimitBytes);
    const reader = new ResultReader(limitBytes);
    box.handle((frame) => reader.take(frame));
    const limit = deadline(
      seconds * 1000 + beyondMs,
      "office",
      AbortSignal.any([signal, boxes.stopping]),
    );
    const sending = this.#send(box, { ...wish, outputBytes: limitBytes, seconds }, input);
    sending.catch((error: unknown) => reader.finished.reject(error));
    const answer = await waitFor(Promise.race([reader.finished.promise, box.ended]), limit);
    log.debug({
      event: "office-job",
      outcome: "refused" in answer.result ? answer.result.refused : "converted",
      untrustedStderr: box.untrustedStderr,
    });
    return answer;
  }

  async #send(box: Box, job: object, input: Readable): Promise<void> {
    await box.write(encodeJsonFrame(sandboxFrame.job, job));
    await sendBytes(box, input as AsyncIterable<Buffer>);
  }
}

/** Chunks and their end. */
export async function sendBytes(
  box: Box,
  bytes: AsyncIterable<Buffer> | Iterable<Buffer>,
): Promise<void> {
  for await (const chunk of bytes) {
    for (let at = 0; at < chunk.length; at += sandboxChunkBytes) {
      await box.write(encodeFrame(sandboxFrame.chunk, chunk.subarray(at, at + sandboxChunkBytes)));
    }
  }
  await box.write(encodeFrame(sandboxFrame.end, Buffer.alloc(0)));
}
