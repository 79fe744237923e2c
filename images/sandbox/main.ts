/**
 * First process of a sandbox: says it is ready, takes one job with its bytes from stdin, writes progress,
 * the result and the output to stdout, ends. Diagnostics go to stderr, which the host keeps a little of.
 */
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { FrameReader, type Frame, encodeFrame, encodeJsonFrame } from "../wire/frame.ts";
import {
  type SandboxJob,
  type SandboxResult,
  sandboxChunkBytes,
  sandboxFrame,
  sandboxFrameLimitBytes,
  sandboxInsideBytes,
  sandboxJob,
  sandboxWireVersion,
} from "../wire/sandbox.ts";
import { type Found, Tally } from "./context.ts";
import { engineVersions } from "./engine-versions.ts";
import { yaraRules } from "./rules.ts";
import { type JobEnd, type JobStart, runJob } from "./run-job.ts";
import { writeZip } from "./zip/write.ts";

const workDir = "/work";
const progressStep = 0.02;

async function send(frame: Buffer): Promise<void> {
  if (!process.stdout.write(frame)) await once(process.stdout, "drain");
}

interface Received {
  readonly job: SandboxJob;
  readonly bytes: Buffer;
}

async function receive(): Promise<Received> {
  const reader = new FrameReader(sandboxFrameLimitBytes);
  let job: SandboxJob | undefined;
  const chunks: Buffer[] = [];
  let received = 0;
  const take = (frame: Frame): Received | undefined => {
    if (frame.type === sandboxFrame.job && job === undefined) {
      job = sandboxJob.parse(JSON.parse(frame.payload.toString("utf8")));
      return undefined;
    }
    if (job === undefined) throw new Error("frame before the job");
    if (frame.type === sandboxFrame.chunk) {
      received += frame.payload.length;
      if (received > job.sizeBytes || received > job.limits.inputBytes)
        throw new Error("more bytes than announced");
      chunks.push(frame.payload);
      return undefined;
    }
    if (frame.type !== sandboxFrame.end) throw new Error(`unexpected frame ${frame.type}`);
    if (received !== job.sizeBytes) throw new Error("fewer bytes than announced");
    return { job, bytes: Buffer.concat(chunks) };
  };
  for await (const chunk of process.stdin) {
    for (const frame of reader.push(chunk as Buffer)) {
      const done = take(frame);
      if (done !== undefined) return done;
    }
  }
  throw new Error("input ended before the job was whole");
}

const faulted: SandboxResult = {
  contentType: "unknown",
  verdict: "failed",
  reason: "engine-error",
  removed: [],
  warnings: [],
  members: [],
  memberCount: 0,
  output: null,
  asIs: null,
  objects: [],
  rule: null,
};

/** Says every new step, and within a step only what moves the bar: the host counts these frames. */
function reportProgress(): JobStart["progress"] {
  let last = { step: "", done: 0 };
  return (step, done) => {
    if (step === last.step && done - last.done < progressStep) return;
    last = { step, done };
    process.stdout.write(encodeJsonFrame(sandboxFrame.progress, last));
  };
}

async function work({ job, bytes }: Received): Promise<JobEnd> {
  const start: JobStart = {
    job,
    limits: job.limits,
    bytes,
    workDir,
    tally: new Tally(),
    warnings: new Set(),
    progress: reportProgress(),
    note: (line) => void process.stderr.write(`${line.slice(0, 500)}\n`),
  };
  try {
    return await runJob(start, yaraRules(workDir, job.limits.toolSeconds));
  } catch (error) {
    process.stderr.write(
      `${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`,
    );
    return { finished: { result: faulted, output: undefined }, found: [] };
  }
}

await send(
  encodeJsonFrame(sandboxFrame.ready, { version: sandboxWireVersion, engines: engineVersions() }),
);
async function sendBytes(bytes: Buffer): Promise<void> {
  for (let at = 0; at < bytes.length; at += sandboxChunkBytes)
    await send(encodeFrame(sandboxFrame.chunk, bytes.subarray(at, at + sandboxChunkBytes)));
  await send(encodeFrame(sandboxFrame.end, Buffer.alloc(0)));
}

/** Archives of what was unpacked, none larger than the virus scanner takes in one go. */
function* batches(found: readonly Found[]): Generator<Buffer> {
  let batch: Found[] = [];
  let size = 0;
  const pack = (): Buffer =>
    writeZip(batch.map(({ bytes }, index) => ({ name: String(index), data: bytes, store: true })));
  for (const each of found) {
    if (batch.length > 0 && size + each.bytes.length > sandboxInsideBytes) {
      yield pack();
      batch = [];
      size = 0;
    }
    batch.push(each);
    size += each.bytes.length;
  }
  if (batch.length > 0) yield pack();
}

const { finished, found } = await work(await receive());
for (const batch of batches(found)) {
  await send(encodeJsonFrame(sandboxFrame.inside, { bytes: batch.length }));
  await sendBytes(batch);
}
await send(encodeJsonFrame(sandboxFrame.result, finished.result));
if (finished.output !== undefined) await sendBytes(finished.output);
await rm(`${workDir}/job`, { recursive: true, force: true });
process.stdout.end(() => process.exit(0));
