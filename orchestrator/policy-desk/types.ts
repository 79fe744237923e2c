/** What other features see of the policy desk. Shapes only. */
import type { DiffReport } from "../../policies/diff.ts";
import type { ExplainRequest, Explanation } from "../../policies/explain.ts";
import type { LintFinding } from "../../policies/lint.ts";
import type { Problem } from "../../policies/problem.ts";
import type { ReplaySummary } from "../../policies/replay.ts";
import type { ListEdit } from "./list-text.ts";
import type { RuleEdit } from "./rule-text.ts";
import type { Author, Version, VersionSource } from "./versions.ts";

export type { DiffReport, LintFinding };
export type { Author, Version, VersionSource } from "./versions.ts";

/** One change to the policy's files. `list` is a list's id, `rule` a rule's. */
export type PolicyEdit =
  | { readonly kind: "list"; readonly list: string; readonly edit: ListEdit }
  | { readonly kind: "rule"; readonly edit: RuleEdit };

/** Where a candidate comes from; all but `folder` start from the files of the base version. */
export type CandidateSource =
  | { readonly kind: "edits"; readonly edits: readonly PolicyEdit[] }
  | {
      readonly kind: "files";
      readonly files: readonly { readonly path: string; readonly text: string }[];
    }
  | { readonly kind: "version"; readonly number: number }
  /** A folder of this machine, named by somebody who may read everything on it. */
  | { readonly kind: "folder"; readonly folder: string };

export interface FailedTest {
  readonly line: number;
  readonly target: string;
  readonly plane: string;
  readonly expected: string;
  readonly got: string;
}

/** What is known of a candidate before anybody publishes it. */
export interface Trial {
  /** False: it must not be published. */
  readonly ok: boolean;
  /** Version of the compiled candidate; null when it does not compile. */
  readonly compiled: string | null;
  readonly problems: readonly Problem[];
  readonly tests: { readonly passed: number; readonly failed: readonly FailedTest[] };
  readonly lint: readonly LintFinding[];
  /** Null when the candidate does not compile. */
  readonly diff: DiffReport | null;
  /** Null when nothing was replayed. */
  readonly replay: ReplaySummary | null;
}

export interface PublishRequest {
  readonly source: CandidateSource;
  /** Number of the version that the person saw and changed. */
  readonly base: number;
  readonly note: string;
  readonly author: Author;
  readonly terminal?: string;
  readonly as: Exclude<VersionSource, "set-aside" | "start" | "disk" | "feed">;
  /** Replay recorded decisions of the last so many milliseconds before deciding; none when absent. */
  readonly replayMs?: number;
}

export type PublishOutcome =
  | {
      readonly outcome: "published";
      readonly version: Version;
      readonly trial: Trial;
      /** False while the proxy has not taken it yet; it is offered again by itself. */
      readonly inForce: boolean;
    }
  | { readonly outcome: "unchanged" }
  | {
      readonly outcome: "refused";
      readonly reason: "problems" | "tests";
      readonly trial: Trial;
    }
  /** Somebody else was first. The edit is kept as `kept`; what is current now is `current`. */
  | {
      readonly outcome: "conflict";
      readonly current: number;
      readonly kept: number;
      readonly path: string | null;
    };

/** A trial that runs or has ended; kept for some minutes. */
export type TrialJob =
  | { readonly state: "running"; readonly progress: number }
  | { readonly state: "done"; readonly trial: Trial }
  | { readonly state: "failed"; readonly error: unknown };

/** A question about the policy in force. */
export type ExplainQuestion = Omit<ExplainRequest, "user">;

export interface ExplainAnswer {
  readonly policyVersion: string;
  readonly explanation: Explanation;
  /** Who answers for the rule or the list. */
  readonly owner: string | null;
}

/** The desk as the routes see it. */
export interface PolicyDeskService {
  /** Newest first. */
  history(
    limit: number,
    before?: number,
  ): { readonly current: number | null; readonly versions: readonly Version[] };
  /** Throws NOT_FOUND. */
  version(number: number): Version;
  /** Throws NOT_FOUND. */
  fileText(number: number, path: string): Promise<string>;
  publish(request: PublishRequest): Promise<PublishOutcome>;
  /** Returns the id of the job. Throws CAPACITY when too many wait. */
  startTrial(source: CandidateSource, base: number, replayMs: number | undefined): string;
  /** Throws NOT_FOUND. */
  trial(id: string): TrialJob;
  diff(from: number, to: number): Promise<DiffReport>;
  lint(): Promise<readonly LintFinding[]>;
  /** Throws POLICY_INVALID when no policy is in force. */
  explain(question: ExplainQuestion): ExplainAnswer;
}
