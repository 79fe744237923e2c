/**
 * From bytes in quarantine to a decision with, perhaps, a file that may leave: the sandbox and the
 * scanner look at the original at the same time, then the scanner looks at what would leave. Moves
 * streams between quarantine, sandbox and scanner; never looks inside one.
 */
import type { Readable } from "node:stream";
import { deadline } from "../../base/deadline.ts";
import type { Config } from "../../config/schema.ts";
import type { OutputType } from "../../../images/wire/file-words.ts";
import {
  type SandboxJob,
  type SandboxProgress,
  type SandboxResult,
  sandboxWireVersion,
} from "../../../images/wire/sandbox.ts";
import { defaultSandboxLimits } from "../../../images/wire/sandbox-limits.ts";
import type { ClamdKeeper } from "../scanning/clamd.ts";
import {
  type Decision,
  decideOnOriginal,
  decideOnOutput,
  type ScanOutcome,
} from "../verdict/decide.ts";
import type { Quarantine, StoredFile } from "../quarantine/quarantine.ts";
import type { SandboxAnswer, Sandboxes } from "../boxes/sandbox.ts";
import type { ScanDoor } from "../scanning/scan.ts";
import { releasedVerdicts } from "../types.ts";

export interface PipelineParts {
  readonly quarantine: Quarantine;
  readonly sandboxes: Sandboxes;
  /** Names of the boxes that exist now, of both kinds. */
  readonly containers: () => readonly string[];
  /** Sandboxes that wait for a file. */
  readonly warm: () => number;
  readonly scanner: ScanDoor;
  readonly clamd: ClamdKeeper;
  readonly config: Config["files"];
}

export interface Inspected {
  readonly decision: Decision;
  readonly result: SandboxResult | undefined;
  /** What may leave: the sandbox's output, or the original itself for text that passed as it is. */
  readonly released: { readonly file: StoredFile; readonly type: OutputType } | undefined;
  /** What may leave once a person has approved it. */
  readonly candidate?: { readonly file: StoredFile; readonly type: OutputType };
  readonly engines: Readonly<Record<string, string>>;
}

export interface InspectRequest {
  readonly original: StoredFile;
  readonly untrustedName: string;
  /** Tried in this order; never written anywhere. */
  readonly passwords: readonly string[];
  readonly onProgress: (progress: SandboxProgress) => void;
  /** PDF as pictures of its pages. */
  readonly pictures?: boolean;
  readonly search?: SandboxJob["search"];
}

const nameBytesForJob = 1024;

function makeJob(
  { original, untrustedName, passwords, pictures, search }: InspectRequest,
  config: Config["files"],
): SandboxJob {
  return {
    version: sandboxWireVersion,
    // Only the end of the name matters inside.
    name: untrustedName.toWellFormed().slice(-nameBytesForJob),
    sizeBytes: original.sizeBytes,
    passwords: [...passwords],
    ...(pictures === true && { pictures }),
    ...(search && { search }),
    limits: {
      ...defaultSandboxLimits,
      inputBytes: config.maxBytes,
      outputBytes: config.maxBytes,
      toolSeconds: Math.min(defaultSandboxLimits.toolSeconds, config.sandboxSeconds),
    },
  };
}

async function scan(
  bytes: Readable,
  parts: PipelineParts,
  signal: AbortSignal,
): Promise<ScanOutcome> {
  const limit = deadline(parts.config.scanSeconds * 1000, "virus scan", signal);
  const outcome = await parts.scanner.scan(bytes, limit);
  if (!signal.aborted) parts.clamd.noteScan(outcome.kind !== "failed");
  return outcome;
}

function candidate(
  original: StoredFile,
  result: SandboxResult | undefined,
  output: StoredFile | undefined,
): Inspected["released"] {
  if (result?.output && output !== undefined) return { file: output, type: result.output.type };
  return result?.asIs ? { file: original, type: result.asIs } : undefined;
}

function runBox(
  request: InspectRequest,
  parts: PipelineParts,
  signal: AbortSignal,
): Promise<SandboxAnswer> {
  const { quarantine } = parts;
  return parts.sandboxes.run(
    {
      job: makeJob(request, parts.config),
      input: quarantine.read(request.original),
      store: (output, limitBytes) => quarantine.store(output, limitBytes, signal),
      discard: (file) => quarantine.drop(file),
      onProgress: request.onProgress,
      scanInside: (bytes) => scan(bytes, parts, signal),
    },
    signal,
  );
}

export async function inspect(
  request: InspectRequest,
  parts: PipelineParts,
  signal: AbortSignal,
): Promise<Inspected> {
  const { quarantine } = parts;
  const [originalScan, answer] = await Promise.all([
    scan(quarantine.read(request.original), parts, signal),
    runBox(request, parts, signal),
  ]);
  const result = answer.outcome.kind === "done" ? answer.outcome.result : undefined;
  const first = decideOnOriginal(originalScan, answer.outcome, answer.insideScans);
  const may = releasedVerdicts.has(first.verdict)
    ? candidate(request.original, result, answer.output)
    : undefined;
  // The original was scanned already; what was built anew was not.
  const rescan = may !== undefined && may.file !== request.original;
  const decision = rescan
    ? decideOnOutput(first, await scan(quarantine.read(may.file), parts, signal))
    : first;
  const released = releasedVerdicts.has(decision.verdict) ? may : undefined;
  if (answer.output !== undefined && released === undefined) await quarantine.drop(answer.output);
  const missing = releasedVerdicts.has(decision.verdict) && released === undefined;
  return {
    decision: missing ? { verdict: "failed", reason: "internal-error" } : decision,
    result,
    released,
    engines: answer.engines,
  };
}
