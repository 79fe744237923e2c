/** Runs a job's engines in this process, for types that need no outside program. */
import { configure, Uint8ArrayReader, Uint8ArrayWriter, ZipReader } from "@zip.js/zip.js";
import type { OutputMember } from "../../../images/sandbox/second-look/forbidden.ts";
import { type FinishedJob, runJob } from "../../../images/sandbox/run-job.ts";
import { Refusal, Tally } from "../../../images/sandbox/context.ts";
import {
  type SandboxJob,
  type SandboxResult,
  sandboxResult,
} from "../../../images/wire/sandbox.ts";
import { defaultSandboxLimits, type SandboxLimits } from "../../../images/wire/sandbox-limits.ts";

configure({ useWebWorkers: false });

/** bsdtar is in the image. */
async function unpackByZipJs(bytes: Buffer): Promise<OutputMember[]> {
  const reader = new ZipReader(new Uint8ArrayReader(bytes));
  const members: OutputMember[] = [];
  for (const entry of await reader.getEntries()) {
    if (entry.directory) continue;
    const data = await entry.getData(new Uint8ArrayWriter());
    members.push({ name: entry.filename, bytes: Buffer.from(data) });
  }
  return members;
}

export function run(
  name: string,
  bytes: Buffer,
  limits: Partial<SandboxLimits> = {},
  ...passwords: readonly string[]
): Promise<FinishedJob> {
  return runWith(name, bytes, limits, { passwords: [...passwords] });
}

/** The result of a job that looks for マイナンバー and keywords; without keywords it looks for nothing. */
export async function runSearch(
  name: string,
  bytes: Buffer,
  keywords?: readonly string[],
): Promise<SandboxResult> {
  const search = keywords && { myNumber: true, keywords: [...keywords] };
  const finished = await runWith(name, bytes, {}, { passwords: [], ...(search && { search }) });
  return finished.result;
}

async function runWith(
  name: string,
  bytes: Buffer,
  limits: Partial<SandboxLimits>,
  asked: Pick<SandboxJob, "passwords" | "search">,
): Promise<FinishedJob> {
  const all = { ...defaultSandboxLimits, ...limits };
  const { finished } = await runJob(
    {
      job: { version: 2, name, sizeBytes: bytes.length, limits: all, ...asked },
      limits: all,
      bytes,
      workDir: "/nonexistent",
      tally: new Tally(),
      warnings: new Set(),
      progress: () => undefined,
      unpackOutput: unpackByZipJs,
      convert: () => Promise.reject(new Refusal("needs_approval", "no-engine")),
      note: () => undefined,
    },
    // YARA is in the image; the integration tests run it.
    () => Promise.resolve(undefined),
  );
  // What the host's schema refuses is no result.
  sandboxResult.parse(finished.result);
  return finished;
}
