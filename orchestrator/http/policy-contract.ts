/**
 * The part of the contract that is about changing the policy and asking about it. All of
 * it under /api; roles list-admin and system-admin unless said.
 *
 *   POST /api/admin/policy/explain          ExplainBody → ExplainView
 *   GET  /api/admin/policy/lint             → { findings }                 (of the version in force)
 *   GET  /api/admin/policy/versions         ?limit&before → { current, versions: VersionView[] }
 *   GET  /api/admin/policy/versions/:number → VersionView with its files
 *   GET  /api/admin/policy/versions/:number/file?path=  → { path, text }
 *   GET  /api/admin/policy/diff             ?from&to → DiffReport
 *   POST /api/admin/policy/trials           TrialBody → { id }
 *   GET  /api/admin/policy/trials/:id       → { state, progress?, trial?, error? }
 *   POST /api/admin/policy/publish          PublishBody → PublishOutcome; 409 conflict, 422 refused
 *   POST /api/admin/policy/rollback         RollbackBody → the same
 *   POST /api/admin/policy/feeds/:name      { act } → FeedView             (fetch now, or accept what is held)
 */
import { z } from "zod";

export type { DiffReport, Trial } from "../policy-desk/types.ts";

/** One line of text that people read. */
const line = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .regex(/^[^\p{Cc}\u2028\u2029]*$/u);
/** What stands behind "#" in a list file: one line, without a second "#". */
const comment = z
  .string()
  .trim()
  .max(300)
  .regex(/^[^\p{Cc}\u2028\u2029#]*$/u);
const day = z.iso.date();
const entry = z
  .string()
  .min(1)
  .max(254)
  .regex(/^[^\s#]+$/);
const listId = z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/);

export const explainBody = z.strictObject({
  plane: z.enum(["isolated", "terminal"]),
  groups: z.array(z.string().min(1).max(64)).max(64).default([]),
  /** A URL, or host:port as in a CONNECT. */
  target: z.string().min(1).max(8192),
  at: z.iso.datetime({ offset: true }).optional(),
  terminal: z.string().max(64).optional(),
  resolves: z.array(z.string().max(64)).max(16).optional(),
  /** Name of an account: its groups, besides those named. */
  user: z.string().min(1).max(128).optional(),
});

const entryHit = z.object({
  list: z.string().optional(),
  file: z.string().optional(),
  entry: z.string(),
  line: z.int(),
});
export const explanationShape = z.object({
  verdict: z.enum(["block", "isolate", "allow", "direct"]),
  rule: z.string(),
  reason: z.string(),
  host: z.string().optional(),
  port: z.int().optional(),
  address: z.string().optional(),
  decision: z
    .object({
      ruleName: z.string().optional(),
      ruleLine: z.int().optional(),
      owner: z.string().optional(),
      message: z.string().optional(),
      would: z.string().optional(),
      hit: entryHit.optional(),
    })
    .optional(),
  trace: z.array(
    z.object({
      rule: z.string(),
      ruleName: z.string().optional(),
      line: z.int(),
      outcome: z.enum([
        "matched",
        "plane",
        "terminal",
        "group",
        "expired",
        "time",
        "port",
        "path",
        "host",
        "report-only",
      ]),
      hit: entryHit.optional(),
    }),
  ),
});
type Explained = z.infer<typeof explanationShape>;
export type ExplanationView = Omit<Explained, "trace"> & {
  readonly trace: readonly Explained["trace"][number][];
};
/** Answer to an explain. */
export interface ExplainView {
  readonly policyVersion: string;
  readonly explanation: ExplanationView;
  /** Who answers for the rule or the list. */
  readonly owner: string | null;
  /** Groups that the question was asked for. */
  readonly groups: readonly string[];
}

const listEdit = z.discriminatedUnion("act", [
  z.strictObject({
    act: z.literal("add"),
    entry,
    comment: comment.optional(),
    expires: day.optional(),
  }),
  z.strictObject({ act: z.literal("remove"), entry }),
  z.strictObject({ act: z.literal("comment"), entry, comment }),
  z.strictObject({ act: z.literal("expire"), entry, expires: day.nullable() }),
]);
const ruleEdit = z.discriminatedUnion("act", [
  z.strictObject({
    act: z.literal("set"),
    rule: z.string().max(64),
    key: z.enum(["action", "mode", "name", "message", "owner", "expires"]),
    value: z.string().max(500).nullable(),
  }),
  z.strictObject({ act: z.literal("remove"), rule: z.string().max(64) }),
  z.strictObject({
    act: z.literal("move"),
    rule: z.string().max(64),
    before: z.string().max(64).nullable(),
  }),
  z.strictObject({
    act: z.literal("add"),
    /** A rule as the policy file has it; the compiler says what is wrong with it. */
    value: z.record(z.string().max(64), z.json()),
    before: z.string().max(64).nullable(),
  }),
]);
const policyEdit = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("list"), list: listId, edit: listEdit }),
  z.strictObject({ kind: z.literal("rule"), edit: ruleEdit }),
]);

const candidateSource = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("edits"), edits: z.array(policyEdit).min(1).max(200) }),
  z.strictObject({
    kind: z.literal("files"),
    files: z
      .array(z.strictObject({ path: z.string().min(1).max(255), text: z.string() }))
      .min(1)
      .max(200),
  }),
  z.strictObject({ kind: z.literal("version"), number: z.int().min(1) }),
  /** On the local admin socket only. */
  z.strictObject({ kind: z.literal("folder"), folder: z.string().min(1).max(4096) }),
]);

const replayHours = z
  .number()
  .min(0)
  .max(24 * 365);

export const trialBody = z.strictObject({
  source: candidateSource,
  base: z.int().min(1),
  /** 0: no replay. */
  replayHours: replayHours.default(24),
});
export const publishBody = z.strictObject({
  source: candidateSource,
  /** Number of the version that the person saw. */
  base: z.int().min(1),
  note: line(1000),
  replayHours: replayHours.default(0),
});
export const rollbackBody = z.strictObject({
  to: z.int().min(1),
  base: z.int().min(1),
  note: line(1000),
});
export const feedParams = z.strictObject({ name: z.string().min(1).max(100) });
export const feedBody = z.strictObject({ act: z.enum(["look", "accept"]) });
/** Files and many edits at once. */
export const policyBodyBytes = 4 * 1024 * 1024;

export const versionQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  before: z.coerce.number().int().min(1).optional(),
});
export const versionParams = z.strictObject({ number: z.coerce.number().int().min(1) });
export const fileQuery = z.strictObject({ path: z.string().min(1).max(255) });
export const diffQuery = z.strictObject({
  from: z.coerce.number().int().min(1),
  to: z.coerce.number().int().min(1),
});

export const versionView = z.strictObject({
  number: z.int(),
  at: z.string(),
  source: z.enum(["set-aside", "start", "disk", "feed", "edit", "publish", "rollback"]),
  /** Empty for files edited by hand and for the start. */
  author: z.string(),
  note: z.string(),
  base: z.int().nullable(),
  /** SHA-256 over the files. */
  tree: z.string(),
  /** Version of the compiled policy, as block pages and records have it. */
  compiled: z.string().nullable(),
  files: z.array(z.strictObject({ path: z.string(), sha256: z.string(), bytes: z.int() })),
});
export type VersionView = z.infer<typeof versionView>;

/** State of a trial that runs as a job. */
export type TrialView =
  | { readonly state: "running"; readonly progress: number }
  | { readonly state: "done"; readonly trial: import("../policy-desk/types.ts").Trial }
  | { readonly state: "failed"; readonly error: import("./contract.ts").ErrorBody };
