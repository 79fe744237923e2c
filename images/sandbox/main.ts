/**
 * First process of a sandbox: says it is ready, takes one job with its bytes from stdin, writes progress,
 * the result and the output to stdout, ends. Diagnostics go to stderr, which the host keeps a little of.
 */
import { rm } from "node:fs/promises";
import { encodeJsonFrame } from "../wire/frame.ts";
import {
  type SandboxConvert,
  type SandboxJob,
  type SandboxResult,
  sandboxConversions,
  sandboxConverted,
  sandboxFrame,
  sandboxInsideBytes,
  sandboxJob,
  sandboxWireVersion,
} from "../wire/sandbox.ts";
import { framesIn, nextBytes, nextJson, sendBytes, sendFrame } from "../wire/stdio.ts";
import { type Found, Refusal, Tally } from "./context.ts";
import { engineVersions } from "./engine-versions.ts";
import { yaraRules } from "./rules.ts";
import { type JobEnd, type JobStart, runJob } from "./run-job.ts";
import { unpackByStranger } from "./second-look/unpack.ts";
import { writeZip } from "./zip/write.ts";

const workDir = "/work";
const progressStep = 0.02;

interface Received {
  readonly job: SandboxJob;
  readonly bytes: Buffer;
}

const frames = framesIn();

async function receive(): Promise<Received> {
  const job = sandboxJob.parse(await nextJson(frames, sandboxFrame.job));
  if (job.sizeBytes > job.limits.inputBytes) throw new Error("more bytes than allowed");
  return { job, bytes: await nextBytes(frames, job.sizeBytes) };
}

let conversions = 0;

/** Asks the host for the same document in a format of today. */
async function convert(kind: SandboxConvert["kind"], bytes: Buffer): Promise<Buffer> {
  conversions += 1;
  if (conversions > sandboxConversions) throw new Refusal("blocked", "member-limit", "conversions");
  await sendFrame(encodeJsonFrame(sandboxFrame.convert, { kind, bytes: bytes.length }));
  await sendBytes(bytes);
  const answer = sandboxConverted.parse(await nextJson(frames, sandboxFrame.converted));
  if ("bytes" in answer) return nextBytes(frames, answer.bytes);
  const { refused } = answer;
  if (refused === "no-engine") throw new Refusal("needs_approval", refused);
  throw new Refusal(refused === "engine-error" ? "failed" : "blocked", refused, "office");
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
    convert,
    unpackOutput: (output) => unpackByStranger(output, { workDir, limits: job.limits }),
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

await sendFrame(
  encodeJsonFrame(sandboxFrame.ready, { version: sandboxWireVersion, engines: engineVersions() }),
);

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
  await sendFrame(encodeJsonFrame(sandboxFrame.inside, { bytes: batch.length }));
  await sendBytes(batch);
}
await sendFrame(encodeJsonFrame(sandboxFrame.result, finished.result));
if (finished.output !== undefined) await sendBytes(finished.output);
await rm(`${workDir}/job`, { recursive: true, force: true });
process.stdout.end(() => process.exit(0));
