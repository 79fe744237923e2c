/** Runs a job's engines in this process, for types that need no outside program. */
import { type FinishedJob, runJob } from "../../../images/sandbox/run-job.ts";
import { Refusal, Tally } from "../../../images/sandbox/context.ts";
import {
  defaultSandboxLimits,
  type SandboxLimits,
  sandboxResult,
} from "../../../images/wire/sandbox.ts";

export async function run(
  name: string,
  bytes: Buffer,
  limits: Partial<SandboxLimits> = {},
  ...passwords: readonly string[]
): Promise<FinishedJob> {
  const all = { ...defaultSandboxLimits, ...limits };
  const { finished } = await runJob(
    {
      job: { version: 2, name, sizeBytes: bytes.length, limits: all, passwords: [...passwords] },
      limits: all,
      bytes,
      workDir: "/nonexistent",
      tally: new Tally(),
      warnings: new Set(),
      progress: () => undefined,
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
