/** The desk for the routes: publishing through the watch, trials as jobs, questions about the policy in force. */
import { explain } from "../../policies/explain.ts";
import type { PreparedPolicy } from "../../policies/match.ts";
import { ownerOf } from "../../policies/openings.ts";
import type { Problem } from "../../policies/problem.ts";
import { AppError } from "../base/errors.ts";
import type { Exclusively, PolicyDesk } from "./desk.ts";
import { Trials } from "./trials.ts";
import type { PolicyDeskService } from "./types.ts";

export interface ServiceParts {
  readonly desk: PolicyDesk;
  readonly exclusively: Exclusively;
  /** The policy in force. */
  readonly prepared: () => PreparedPolicy | undefined;
}

export function createPolicyDeskService(parts: ServiceParts): PolicyDeskService & AsyncDisposable {
  const { desk, exclusively } = parts;
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
    async diff(from, to) {
      const { diff, problems } = await desk.look(to, from);
      return diff ?? invalid(problems);
    },
    async lint() {
      const current = desk.versions.current() ?? invalid([]);
      const { compiled, lint, problems } = await desk.look(current.number, null);
      return compiled === null ? invalid(problems) : lint;
    },
    explain(question) {
      const current = parts.prepared();
      if (!current) throw new AppError("POLICY_INVALID");
      const explanation = explain(current, { ...question, user: "" });
      return {
        policyVersion: current.policy.version,
        explanation,
        owner: (explanation.decision && ownerOf(current, explanation.decision)) ?? null,
      };
    },
    [Symbol.asyncDispose]: () => trials[Symbol.asyncDispose](),
  };
}

function invalid([first]: readonly Problem[]): never {
  throw new AppError("POLICY_INVALID", { problem: first?.en ?? "" });
}
