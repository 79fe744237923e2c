/**
 * The HTTP and WebSocket contract between the server and the pages. Schemas are used by the server at
 * runtime and by the pages as types only. All paths are under /api. Errors are `ErrorBody` with the
 * status of the code.
 *
 *   POST   /api/sign-in                 SignIn → Me                        (no cookie needed)
 *   POST   /api/sign-out                → 204                              (ends the person's session as well)
 *   GET    /api/me                      → Me
 *   POST   /api/password                PasswordChange → Me
 *   /api/second-factor, /api/proof, /api/factors, /api/sign-ins: account-contract.ts
 *   GET    /api/session                 → { session: Session | null }      (my running session)
 *   POST   /api/sessions                OpenSession → Session              (CAPACITY with Retry-After when full)
 *   GET    /api/sessions/:id            → Session                          (owner only, else 404)
 *   DELETE /api/sessions/:id            → 204                              (owner only, else 404)
 *   WS     /api/open                    OpenGreeting, then as control      (user; closing it leaves the line)
 *   WS     /api/sessions/:id/control    ViewerMessage ⇄ GatewayMessage     (owner only; text frames)
 *   WS     /api/sessions/:id/screen     images/wire/screen.ts              (owner only; subprotocol "binary")
 *   WS     /api/sessions/:id/picture    RFB bytes                          (owner only; subprotocol "binary")
 *   WS     /api/sessions/:id/upload     UploadGreeting, bytes → UploadAnswer (owner only; one file, then closed)
 *   POST   /api/downloads/:id/link      → SaveLink                         (owner only, else 404; once released)
 *   GET    /api/saves/:id               → bytes, attachment                (whose link it is, once, else 404)
 *   GET    /api/downloads/:id/manifest  → 無害化証跡 as JSON, attachment    (owner only, else 404)
 *   POST   /api/downloads/:id/password  { passwords } → Download           (owner only; 409 unless it waits for one)
 *   GET    /api/shared-folders          → SharedFolderList                 (signed in: where this person may save to)
 *   POST   /api/downloads/:id/shared-folder { folder } → SavedFile         (owner only, else 404)
 *   GET    /api/admin/overview          → Overview                         (system-admin)
 *   GET    /api/admin/trend?hours=1|24  → Trend                            (system-admin)
 *   GET    /api/admin/metrics           → the same as Prometheus text      (system-admin)
 *   GET    /api/admin/signatures        → SignatureUpdate                  (system-admin)
 *   POST   /api/admin/signatures        → SignatureUpdate, after a look    (system-admin)
 *   GET    /api/admin/sessions          → { sessions: Session[] }          (system-admin)
 *   DELETE /api/admin/sessions/:id      { message? } → 204                 (system-admin)
 *   POST   /api/admin/reconcile         → { orphans, lost }                (system-admin)
 *   GET    /api/admin/audit             AuditQuery → AuditPage             (auditor, system-admin)
 *   GET    /api/admin/audit.csv         AuditCopyQuery → CSV, UTF-8 with BOM or CP932 (auditor, system-admin)
 *   GET    /api/admin/audit.ndjson      AuditQuery → ECS, a line each      (auditor, system-admin)
 *   Reports of it: audit-contract.ts
 *   GET    /api/admin/users             → { users: User[] }                (system-admin)
 *   POST   /api/admin/users             NewUser → { user, oneTimePassword }(system-admin)
 *   POST   /api/admin/users/import: user-import-contract.ts
 *   POST   /api/admin/users/:id         UserChange → User                  (system-admin; not one's own roles)
 *   DELETE /api/admin/users/:id         → 204                              (system-admin; not oneself)
 *   POST   /api/admin/users/:id/reset   → { user, oneTimePassword }        (system-admin)
 *   DELETE /api/admin/users/:id/factors → 204                              (system-admin)
 *   GET    /api/admin/policy            → PolicyStatus                     (list-admin, system-admin)
 *   POST   /api/go                      AddressLink → { url }              (no cookie needed; 410 unless it is
 *                                                                           fresh and this terminal's)
 *   /api/admin/policy/…: policy-contract.ts; /api/requests, /api/admin/requests: request-contract.ts
 *   /api/files, /api/approvals, /api/delegations and asking for an approval: approval-contract.ts
 *   Shapes of files are in file-contract.ts, messages of a session's room in room-contract.ts, status pages in
 *   overview-contract.ts.
 *   GET    /api/admin/isolation         → IsolationReport                  (system-admin)
 *   POST   /api/admin/isolation         → IsolationReport, with a new probe (system-admin)
 *   GET    /api/admin/health            → HealthView                       (system-admin)
 *   POST   /api/admin/health            → HealthView; the check goes on    (system-admin)
 *   /api/rights, /api/admin/groups: rights-contract.ts; /api/admin/settings: settings-contract.ts
 *   GET    /api/health                  → { status: "ok" }                 (no cookie needed)
 */
import { z } from "zod";
import { auditActions, auditOutcomes } from "../audit/events.ts";
import { proofs, type Role, roles, stages } from "../identity/types.ts";
import { endReasons, sessionStates } from "../sessions/types.ts";

export { type Role, roles };

export const errorBody = z.strictObject({
  code: z.string(),
  ja: z.string(),
  en: z.string(),
  nextJa: z.string(),
  nextEn: z.string(),
  /** Matches the log line of this failure. */
  requestId: z.string(),
  /** With CAPACITY: the place in line that this request would have had, from 1. */
  position: z.int().min(1).optional(),
});
export type ErrorBody = z.infer<typeof errorBody>;

export const signIn = z.strictObject({
  name: z.string().min(1).max(128),
  password: z.string().min(1).max(1024),
});
export const passwordChange = z.strictObject({
  current: z.string().min(1).max(1024),
  next: z.string().min(1).max(1024),
});

export const me = z.strictObject({
  id: z.string(),
  name: z.string(),
  displayName: z.string(),
  roles: z.array(z.enum(roles)),
  mustChangePassword: z.boolean(),
  /** How far the sign-in has come; only "full" opens anything. */
  stage: z.enum(stages),
  /** At "second-factor": what this person can prove with at this host. */
  offers: z.array(z.enum(proofs)),
});
export type Me = z.infer<typeof me>;

/** The query of a link that the terminal plane made. */
export const addressLink = z.strictObject({
  url: z.string().max(4096),
  until: z.string().max(12),
  sig: z.string().max(64),
});

/** Pixels of the terminal's view; what a display of the isolated browser can be. */
export const viewSize = z.strictObject({
  width: z.int().min(320).max(2560),
  height: z.int().min(240).max(1440),
  /** Such pixels for a hundred of a page's. */
  scalePct: z.int().min(100).max(300).default(100),
});

export const openSession = z.strictObject({
  url: z.string().max(8192).optional(),
  /** Random text of the page: the same key within a minute is the same click, not another tab. */
  key: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/)
    .optional(),
  size: viewSize.optional(),
});

export const session = z.strictObject({
  id: z.string(),
  state: z.enum(sessionStates),
  ownerName: z.string().nullable(),
  terminal: z.string().nullable(),
  createdAt: z.string(),
  claimedAt: z.string().nullable(),
  expiresAt: z.string().nullable(),
  endReason: z.enum(endReasons).nullable(),
  warm: z.boolean(),
});
export type Session = z.infer<typeof session>;

export const auditQuery = z.strictObject({
  from: z.string().max(40).optional(),
  to: z.string().max(40).optional(),
  user: z.string().max(128).optional(),
  action: z.enum(auditActions).optional(),
  outcome: z.enum(auditOutcomes).optional(),
  session: z.string().max(64).optional(),
  section: z.string().max(64).optional(),
  terminal: z.string().max(64).optional(),
  host: z.string().max(253).optional(),
  file: z.string().max(255).optional(),
  /** Words that all occur somewhere in the record. */
  q: z.string().max(256).optional(),
  /** Only records older than this sequence number: the next page. */
  before: z.coerce.number().int().min(1).optional(),
  /** Only records newer than this sequence number: what came since. */
  after: z.coerce.number().int().min(0).optional(),
  limit: z.coerce.number().int().min(1).max(500).optional(),
});
export type AuditQuery = z.infer<typeof auditQuery>;

export const auditRecord = z.strictObject({
  seq: z.int(),
  at: z.string(),
  action: z.enum(auditActions),
  outcome: z.enum(auditOutcomes),
  userName: z.string().nullable(),
  /** Of the person, at that moment. */
  section: z.string().nullable(),
  terminal: z.string().nullable(),
  sessionId: z.string().nullable(),
  target: z.string().nullable(),
  reason: z.string().nullable(),
  details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  hash: z.string(),
});
export type AuditRecord = z.infer<typeof auditRecord>;

export const auditPage = z.strictObject({
  records: z.array(auditRecord),
  nextBefore: z.int().nullable(),
  /** The search had time to look back to this moment only; `nextBefore` goes on from there. */
  lookedBackTo: z.string().nullable(),
  /** Newest records that cannot be found yet. */
  pending: z.int().min(0),
});
export type AuditPage = z.infer<typeof auditPage>;

export const user = z.strictObject({
  id: z.string(),
  name: z.string(),
  displayName: z.string(),
  roles: z.array(z.enum(roles)),
  groups: z.array(z.string()),
  mustChangePassword: z.boolean(),
  disabled: z.boolean(),
  /** Has an authenticator app or a passkey. */
  secondFactor: z.boolean(),
  createdAt: z.string(),
  lastSignInAt: z.string().nullable(),
});
export type User = z.infer<typeof user>;

/** All of it, as it shall be. */
export const userChange = z.strictObject({
  displayName: z.string().min(1).max(128),
  roles: z.array(z.enum(roles)).min(1),
  groups: z.array(z.string().min(1).max(64)).max(64),
  disabled: z.boolean(),
});
export type UserChange = z.infer<typeof userChange>;

export const newUser = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/),
  displayName: z.string().min(1).max(128),
  roles: z.array(z.enum(roles)).min(1),
  groups: z.array(z.string().min(1).max(64)).max(64),
});
