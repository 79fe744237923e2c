/** The desk for the routes: publishing through the watch, trials as jobs, questions about the policy in force. */
import { diffPolicies } from "../../policies/diff.ts";
import { explain } from "../../policies/explain.ts";
import { lintPolicy } from "../../policies/lint.ts";
import { type PolicySource, readSource } from "../../policies/lint-source.ts";
import type { PreparedPolicy } from "../../policies/match.ts";
import { AppError } from "../base/errors.ts";
import type { Exclusively, PolicyDesk } from "./desk.ts";
import { Trials } from "./trials.ts";
import type { PolicyDeskService } from "./types.ts";

export interface ServiceParts {
  readonly desk: PolicyDesk;
  readonly exclusively: Exclusively;
  /** The policy in force. */
  readonly prepared: () => PreparedPolicy | undefined;
  readonly now: () => number;
  readonly members: () => readonly (readonly [group: string, people: number])[];
}

export function createPolicyDeskService(parts: ServiceParts): PolicyDeskService & AsyncDisposable {
  const { desk, exclusively, now } = parts;
  const trials = new Trials();
  return {
    history: (limit, before) => ({
      current: desk.versions.current()?.number ?? null,
      versions: desk.versions.list(limit, before),
    }),
    version: (number) => desk.versions.get(number),
    async fileText(number, path) {
      const text = await desk.fileText(number, path);
      if (text === undefined) throw new AppError("NOT_FOUND", { what: "policy file" });
      return text;
    },
    publish: (request) => desk.publish(request, exclusively),
    startTrial: (source, base, replayMs) => {
      desk.versions.get(base);
      return trials.start((signal, onProgress) =>
        desk.tryOut(source, base, replayMs, signal, onProgress),
      );
    },
    trial: (id) => trials.get(id),
    diff: (from, to) =>
      desk.withVersion(from, (before) =>
        desk.withVersion(to, async (after) =>
          diffPolicies(await sourceOf(before), await sourceOf(after), now()),
        ),
      ),
    async lint() {
      const current = desk.versions.current();
      if (!current) throw new AppError("POLICY_INVALID");
      return desk.withVersion(current.number, async (file) =>
        lintPolicy(await sourceOf(file), { now: now(), members: new Map(parts.members()) }).map(
          (found) => ({ ...found, file: found.file.slice(file.lastIndexOf("/") + 1) }),
        ),
      );
    },
    explain(question) {
      const current = parts.prepared();
      if (!current) throw new AppError("POLICY_INVALID");
      return {
        policyVersion: current.policy.version,
        explanation: explain(current, { ...question, user: "" }),
      };
    },
    [Symbol.asyncDispose]: () => trials[Symbol.asyncDispose](),
  };
}

async function sourceOf(file: string): Promise<PolicySource> {
  const read = await readSource(file);
  if (!read.ok) throw new AppError("POLICY_INVALID", { problem: read.problems[0]?.en ?? "" });
  return read.source;
}
