/**
 * The part of the contract that is about changing the policy, asking about it and requesting hosts. All of
 * it under /api; roles list-admin and system-admin unless said.
 *
 *   POST /api/admin/policy/explain          ExplainBody → { policyVersion, explanation }
 *   GET  /api/admin/policy/lint             → { findings }                 (of the version in force)
 *   GET  /api/admin/policy/versions         ?limit&before → { current, versions: VersionView[] }
 *   GET  /api/admin/policy/versions/:number → VersionView with its files
 *   GET  /api/admin/policy/versions/:number/file?path=  → { path, text }
 *   GET  /api/admin/policy/diff             ?from&to → DiffReport
 *   POST /api/admin/policy/trials           TrialBody → { id }
 *   GET  /api/admin/policy/trials/:id       → { state, progress?, trial?, error? }
 *   POST /api/admin/policy/publish          PublishBody → PublishOutcome; 409 conflict, 422 refused
 *   POST /api/admin/policy/rollback         RollbackBody → the same
 *   GET  /api/requests                      → { requests: RequestView[] }  (signed in: my own)
 *   POST /api/requests                      RequestBody → RequestView      (signed in)
 *   GET  /api/admin/requests                ?state → { requests: RequestView[] }
 *   POST /api/admin/requests/:id/approve    ApproveBody → { request, outcome: PublishOutcome }
 *   POST /api/admin/requests/:id/refuse     { answer } → RequestView
 */
import { z } from "zod";

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
});

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
  source: z.enum(["set-aside", "start", "disk", "edit", "request", "publish", "rollback"]),
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

export const requestStates = ["waiting", "approved", "refused", "expired"] as const;

export const requestBody = z.strictObject({
  /** Reference of the refusal, as the block panel shows it. */
  refusal: z.string().min(1).max(64),
  reason: line(500),
});
export const approveBody = z.strictObject({
  list: listId,
  /** Absent: the host that was refused, alone. */
  entry: entry.optional(),
  /** Last day of the entry. */
  expires: day,
  base: z.int().min(1),
  answer: line(500).optional(),
});
export const refuseBody = z.strictObject({ answer: line(500) });
export const requestQuery = z.strictObject({ state: z.enum(requestStates).optional() });

export const requestView = z.strictObject({
  id: z.string(),
  state: z.enum(requestStates),
  at: z.string(),
  by: z.string(),
  host: z.string(),
  port: z.int(),
  rule: z.string(),
  /** Reference of the refusal. */
  refusal: z.string(),
  reason: z.string(),
  answer: z.string().nullable(),
  answeredBy: z.string().nullable(),
  answeredAt: z.string().nullable(),
  entry: z.string().nullable(),
  list: z.string().nullable(),
  expires: z.string().nullable(),
  /** Version of the policy in which the entry came. */
  version: z.int().nullable(),
});
export type RequestView = z.infer<typeof requestView>;
