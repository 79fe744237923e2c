/**
 * The part of the contract that is about judged files and 上長承認. All of it under /api.
 *
 *   GET    /api/files                   FileQuery → FilePage              (signed in; one's own)
 *   GET    /api/files/:id/manifest      → 無害化証跡 as JSON, attachment   (owner only, else 404)
 *   GET    /api/admin/records             FileQuery → AdminFilePage         (auditor)
 *   GET    /api/admin/records/:id/manifest → the same document              (auditor)
 *   POST   /api/downloads/:id/approval  NewApproval → MyApproval          (owner only; 409 unless it waits for one)
 *   DELETE /api/approvals/:id           → MyApproval                      (owner only, else 404; 409 unless open)
 *   POST   /api/approvals/:id/link      → SaveLink                        (owner only, else 404; once approved)
 *   POST   /api/approvals/:id/shared-folder { folder } → SavedFile        (the same: into a shared folder)
 *   GET    /api/approvals               ?all → ApprovalInbox              (signed in: what this person may decide)
 *   GET    /api/approvals/:id           → ApprovalDetail                  (who may decide it, else 404)
 *   GET    /api/approvals/:id/manifest  → 無害化証跡                       (the same)
 *   GET    /api/approvals/:id/preview   → PDF of pictures, picture or text (the same; 404 where none can be made)
 *   POST   /api/approvals/:id/decide    ApprovalDecision → InboxApproval  (the same, never one's own)
 *   GET    /api/delegations             → { delegations: Delegation[] }   (signed in; one's own)
 *   POST   /api/delegations             NewDelegation → Delegation        (approver)
 *   DELETE /api/delegations/:id         → 204                             (owner only, else 404)
 */
import { z } from "zod";
import { approvalStates } from "../downloads/approvals/types.ts";
import { verdicts } from "../downloads/types.ts";

/** Some lines of people's own, no control characters. */
export const lines = z
  .string()
  .trim()
  .min(1)
  .max(500)
  .regex(/^(?:[^\p{Cc}]|[\n\r\t])*$/u);

export const approvalState = z.enum(approvalStates);
export type ApprovalState = z.infer<typeof approvalState>;

export const newApproval = z.strictObject({ reason: lines });
export const approvalDecision = z.strictObject({
  decision: z.enum(["approve", "refuse"]),
  answer: lines,
});

export const myApproval = z.strictObject({
  id: z.string(),
  state: approvalState,
  direction: z.enum(["download", "upload"]),
  download: z.string(),
  name: z.string(),
  sizeBytes: z.int(),
  /** What leaves was rebuilt; false: the original as it is. */
  sanitized: z.boolean(),
  reason: z.string(),
  askedAt: z.string(),
  expiresAt: z.string(),
  decidedAt: z.string().nullable(),
  decidedBy: z.string().nullable(),
  answer: z.string(),
  /** The approved file can be fetched until then; null: it is not there. */
  keptUntil: z.string().nullable(),
  collectedAt: z.string().nullable(),
});
export type MyApproval = z.infer<typeof myApproval>;

export const fileQuery = z.strictObject({
  q: z.string().max(200).optional(),
  before: z.coerce.number().int().min(1).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(30),
});
export const fileRecord = z.strictObject({
  id: z.string(),
  name: z.string(),
  source: z.string(),
  sizeBytes: z.int(),
  verdict: z.enum(verdicts),
  reason: z.string(),
  contentType: z.string().nullable(),
  messageJa: z.string(),
  messageEn: z.string(),
  receivedAt: z.string(),
  hasManifest: z.boolean(),
  /** `upload` (持ち出し): from the terminal to a page, which `source` names. */
  direction: z.enum(["download", "upload"]),
});
export const myFile = fileRecord.extend({
  approval: myApproval.nullable(),
  /** Its session is running and has it: the tray hands it out. */
  inTray: z.boolean(),
  /** Where it was saved to last in a shared folder, as Explorer shows it. */
  savedAs: z.string().nullable(),
});
export type MyFile = z.infer<typeof myFile>;
export const filePage = z.strictObject({
  files: z.array(myFile),
  nextBefore: z.int().nullable(),
  /** Open requests of this person, and approved files that can be fetched. */
  waiting: z.int(),
  ready: z.int(),
});
export type FilePage = z.infer<typeof filePage>;
export const adminFile = fileRecord.extend({
  ownerName: z.string(),
  sha256: z.string().nullable(),
});
export type AdminFile = z.infer<typeof adminFile>;
export const adminFilePage = z.strictObject({
  files: z.array(adminFile),
  nextBefore: z.int().nullable(),
});
export type AdminFilePage = z.infer<typeof adminFilePage>;

export const inboxQuery = z.strictObject({ all: z.literal("1").optional() });
export const inboxApproval = myApproval.extend({
  requester: z.string(),
  groups: z.array(z.string()),
  terminal: z.string(),
  source: z.string(),
  sha256: z.string(),
  contentType: z.string(),
  decidedFor: z.string().nullable(),
});
export type InboxApproval = z.infer<typeof inboxApproval>;
export const approvalInbox = z.strictObject({
  mayDecide: z.boolean(),
  open: z.int(),
  approvals: z.array(inboxApproval),
});
export type ApprovalInbox = z.infer<typeof approvalInbox>;

/** What an approver reads of the 無害化証跡 on the page; the rest is in the document itself. */
export const checkFacts = z.object({
  messageJa: z.string(),
  messageEn: z.string(),
  input: z.object({ name: z.string(), type: z.string().nullable() }),
  scanner: z.object({
    version: z.string().nullable(),
    signatures: z.int(),
    testSetOnly: z.boolean(),
    databases: z.array(z.object({ name: z.string(), version: z.number(), builtAt: z.string() })),
  }),
  engines: z.record(z.string(), z.string()),
  warnings: z.array(z.string()),
});
export const approvalDetail = z.strictObject({
  approval: inboxApproval,
  check: checkFacts.nullable(),
});
export type ApprovalDetail = z.infer<typeof approvalDetail>;

export const newDelegation = z.strictObject({
  /** User name of who decides meanwhile. */
  name: z.string().trim().min(1).max(128),
  from: z.iso.datetime({ offset: true }),
  until: z.iso.datetime({ offset: true }),
});
export const delegation = z.strictObject({
  id: z.string(),
  delegate: z.string(),
  from: z.string(),
  until: z.string(),
});
export type Delegation = z.infer<typeof delegation>;
