/**
 * Everything that is known of a candidate before it is published: does it compile, do its tests pass, what
 * does lint say, what opens and closes, what would have changed over recorded decisions. Reads files only;
 * runs in a thread of its own (trial-worker.ts), because a big list or a long record takes seconds.
 */
import { basename } from "node:path";
import { diffPolicies } from "../../policies/diff.ts";
import { lintPolicy } from "../../policies/lint.ts";
import { type PolicySource, readSource } from "../../policies/lint-source.ts";
import { Replay, type ReplaySummary } from "../../policies/replay.ts";
import { runTests } from "../../policies/run-tests.ts";
import { readDecisions } from "./read-decisions.ts";
import type { FailedTest, Trial } from "./types.ts";

export interface TrialInput {
  /** Main file of the policy in force; null when there is none yet. */
  readonly current: string | null;
  readonly candidate: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  readonly members: readonly (readonly [group: string, people: number])[];
  readonly replay: {
    readonly folder: string;
    readonly fromMs: number;
  } | null;
}

/** @param onProgress share of the record that was replayed, 0 to 1 */
export async function tryCandidate(
  input: TrialInput,
  onProgress: (share: number) => void = () => undefined,
): Promise<Trial> {
  const nothing = {
    ok: false,
    compiled: null,
    tests: { passed: 0, failed: [] },
    lint: [],
    diff: null,
    replay: null,
  };
  const read = await readSource(input.candidate);
  if (!read.ok) return { ...nothing, problems: read.problems.map(withoutFolder(input.candidate)) };
  const { source } = read;
  const { prepared } = source;
  const results = runTests(prepared, input.now);
  const failed = results.filter(({ passed }) => !passed).map(toFailed);
  const before = input.current === null ? undefined : await readSource(input.current);
  const current = before?.ok === true ? before.source : undefined;
  return {
    ok: failed.length === 0,
    compiled: source.policy.version,
    problems: [],
    tests: { passed: results.length - failed.length, failed },
    lint: lintPolicy(source, { now: input.now, members: new Map(input.members) }).map(
      withoutFolder(input.candidate),
    ),
    diff: current ? diffPolicies(current, source, input.now) : null,
    replay:
      current && input.replay ? await replay(current, source, input.replay, onProgress) : null,
  };
}

async function replay(
  current: PolicySource,
  candidate: PolicySource,
  { folder, fromMs }: NonNullable<TrialInput["replay"]>,
  onProgress: (share: number) => void,
): Promise<ReplaySummary> {
  const run = new Replay(current.prepared, candidate.prepared);
  await readDecisions(folder, fromMs, {
    record: (record) => run.add(record),
    unreadable: () => run.skip(),
    progress: onProgress,
  });
  return run.summary();
}

function toFailed({ test, got }: ReturnType<typeof runTests>[number]): FailedTest {
  const rule = test.rule === undefined ? "" : ` ${test.rule}`;
  return {
    line: test.line,
    target: test.target.text,
    plane: test.plane,
    expected: `${test.expect}${rule}`,
    got: `${got.verdict} ${got.rule}`,
  };
}

/** Candidates lie in a folder of the moment: people know their files by the path below it. */
function withoutFolder(main: string): <T extends { readonly file: string }>(found: T) => T {
  const folder = main.slice(0, main.length - basename(main).length);
  return (found) =>
    found.file.startsWith(folder) ? { ...found, file: found.file.slice(folder.length) } : found;
}
