/** Runs a job's engines in this process, for types that need no outside program. */
import { type FinishedJob, runJob } from "../../../images/sandbox/run-job.ts";
import { Tally } from "../../../images/sandbox/context.ts";
import {
  defaultSandboxLimits,
  type SandboxLimits,
  sandboxResult,
} from "../../../images/wire/sandbox.ts";

export async function run(
  name: string,
  bytes: Buffer,
  limits: Partial<SandboxLimits> = {},
  password?: string,
): Promise<FinishedJob> {
  const all = { ...defaultSandboxLimits, ...limits };
  const finished = await runJob({
    job: {
      version: 1,
      name,
      sizeBytes: bytes.length,
      limits: all,
      ...(password === undefined ? {} : { password }),
    },
    limits: all,
    bytes,
    workDir: "/nonexistent",
    tally: new Tally(),
    warnings: new Set(),
    progress: () => undefined,
    note: () => undefined,
  });
  // What the host's schema refuses is no result.
  sandboxResult.parse(finished.result);
  return finished;
}
