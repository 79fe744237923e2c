/**
 * The HTTP and WebSocket contract between the server and the pages. Schemas are used by the server at
 * runtime and by the pages as types only. All paths are under /api. Errors are `ErrorBody` with the
 * status of the code.
 *
 *   POST   /api/sign-in                 SignIn → Me                        (no cookie needed)
 *   POST   /api/sign-out                → 204                              (ends the person's session as well)
 *   GET    /api/me                      → Me
 *   POST   /api/password                PasswordChange → Me
 *   GET    /api/session                 → { session: Session | null }      (my running session)
 *   POST   /api/sessions                OpenSession → Session              (CAPACITY with Retry-After when full)
 *   GET    /api/sessions/:id            → Session                          (owner only, else 404)
 *   DELETE /api/sessions/:id            → 204                              (owner only, else 404)
 *   WS     /api/open                    OpenGreeting, then as control      (user; closing it leaves the line)
 *   WS     /api/sessions/:id/control    ViewerMessage ⇄ GatewayMessage     (owner only; text frames)
 *   WS     /api/sessions/:id/screen     images/wire/screen.ts              (owner only; subprotocol "binary")
 *   WS     /api/sessions/:id/picture    RFB bytes                          (owner only; subprotocol "binary")
 *   WS     /api/sessions/:id/upload     UploadGreeting, bytes → UploadAnswer (owner only; one file, then closed)
 *   GET    /api/downloads/:id/content   → bytes, attachment                (owner only, else 404)
 *   GET    /api/downloads/:id/manifest  → 無害化証跡 as JSON, attachment    (owner only, else 404)
 *   POST   /api/downloads/:id/password  { passwords } → Download           (owner only; 409 unless it waits for one)
 *   GET    /api/admin/overview          → Overview                         (system-admin)
 *   GET    /api/admin/metrics           → the same as Prometheus text      (system-admin)
 *   GET    /api/admin/sessions          → { sessions: Session[] }          (system-admin)
 *   DELETE /api/admin/sessions/:id      { message? } → 204                 (system-admin)
 *   POST   /api/admin/reconcile         → { orphans, lost }                (system-admin)
 *   GET    /api/admin/audit             AuditQuery → AuditPage             (auditor, system-admin)
 *   GET    /api/admin/audit.csv         AuditQuery → CSV, UTF-8 with BOM   (auditor, system-admin)
 *   GET    /api/admin/users             → { users: User[] }                (system-admin)
 *   POST   /api/admin/users             NewUser → { user, oneTimePassword }(system-admin)
 *   POST   /api/admin/users/:id/reset   → { user, oneTimePassword }        (system-admin)
 *   GET    /api/admin/policy            → PolicyStatus                     (list-admin, system-admin)
 *   POST   /api/go                      AddressLink → { url }              (no cookie needed; 410 unless it is
 *                                                                           fresh and this terminal's)
 *   /api/admin/policy/…: policy-contract.ts; /api/requests, /api/admin/requests: request-contract.ts
 *   GET    /api/admin/isolation         → IsolationReport                  (system-admin)
 *   POST   /api/admin/isolation         → IsolationReport, with a new probe (system-admin)
 *   GET    /api/health                  → { status: "ok" }                 (no cookie needed)
 */
import { z } from "zod";
import { auditActions, auditOutcomes } from "../audit/events.ts";
import { downloadStages, verdicts } from "../downloads/types.ts";
import { isolationLevels, isolationRowIds } from "../isolation/types.ts";
import { type Role, roles } from "../identity/types.ts";
import { askView, myRequest } from "./request-contract.ts";
import { endReasons, sessionStates, waitReasons } from "../sessions/types.ts";

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
});
export type Me = z.infer<typeof me>;

/** The query of a link that the terminal plane made. */
export const addressLink = z.strictObject({
  url: z.string().max(4096),
  until: z.string().max(12),
  sig: z.string().max(64),
});

/** CSS pixels of the terminal's view; what a display of the isolated browser can be. */
export const viewSize = z.strictObject({
  width: z.int().min(320).max(2560),
  height: z.int().min(240).max(1440),
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

export const download = z.strictObject({
  id: z.string(),
  name: z.string(),
  sizeBytes: z.int(),
  releasedBytes: z.int().optional(),
  stage: z.enum(downloadStages),
  progress: z.number().min(0).max(1).optional(),
  verdict: z.enum(verdicts).optional(),
  reason: z.string().optional(),
  contentType: z.string().optional(),
  removed: z.array(z.strictObject({ class: z.string(), count: z.int() })),
  messageJa: z.string(),
  messageEn: z.string(),
  releasable: z.boolean(),
  /** A page that was printed: the terminal's print dialog gets it. */
  purpose: z.literal("print").optional(),
  receivedAt: z.string(),
  /** It waits for a password: how many more times one may be tried. */
  passwordTries: z.int().optional(),
});

/** Candidates for one file: people paste several at once. */
export const downloadPasswords = z.strictObject({
  passwords: z.array(z.string().min(1).max(256)).min(1).max(10),
});
export type Download = z.infer<typeof download>;

export const tabView = z.strictObject({
  id: z.int(),
  title: z.string(),
  url: z.string(),
  loading: z.boolean(),
  canGoBack: z.boolean(),
  canGoForward: z.boolean(),
  /** What the browser found of the connection; what it says of names is text from outside. */
  connection: z
    .strictObject({
      state: z.enum(["broken", "plain", "secure"]),
      subject: z.string().optional(),
      issuer: z.string().optional(),
      validTo: z.int().optional(),
    })
    .optional(),
  /** Set when the proxy refused this address and still would. */
  refusal: z
    .strictObject({
      url: z.string(),
      host: z.string(),
      rule: z.string(),
      ruleName: z.string().optional(),
      reason: z.string(),
      message: z.string().optional(),
      list: z.string().optional(),
      line: z.int().optional(),
      owner: z.string().optional(),
      at: z.string(),
      id: z.string(),
      /**
       * "panel": the browser shows an error page, ours covers it. "page": the proxy's own page stands in the
       * tab, as far as the browser says.
       */
      shown: z.enum(["panel", "page"]),
      ask: askView,
    })
    .optional(),
});
export type TabView = z.infer<typeof tabView>;

/** Terminal to gateway. `go` carries what was typed in the address bar: the server decides URL or search. */
export const viewerMessage = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("go"), text: z.string().max(8192) }),
  z.strictObject({ type: z.literal("back") }),
  z.strictObject({ type: z.literal("forward") }),
  z.strictObject({ type: z.literal("reload") }),
  z.strictObject({ type: z.literal("stop") }),
  z.strictObject({ type: z.literal("new-tab") }),
  z.strictObject({ type: z.literal("close-tab"), tab: z.int().min(1) }),
  z.strictObject({ type: z.literal("activate-tab"), tab: z.int().min(1) }),
  z.strictObject({
    type: z.literal("move-tab"),
    tab: z.int().min(1),
    to: z.int().min(0).max(64),
  }),
  z.strictObject({ type: z.literal("reopen-tab") }),
  /** Asks where the active tab was; the answer has the same name. */
  z.strictObject({ type: z.literal("history") }),
  z.strictObject({ type: z.literal("go-history"), step: z.int().min(-50).max(50) }),
  /** The active page as PDF, through the file desk. */
  z.strictObject({ type: z.literal("print") }),
  /** No more files for this chooser: the page gets those that passed. */
  z.strictObject({ type: z.literal("choose-files"), chooser: z.int().min(1).max(1_000_000) }),
  z.strictObject({
    type: z.literal("compose"),
    text: z.string().max(1000),
    selectionStart: z.int().min(0).max(1000),
    selectionEnd: z.int().min(0).max(1000),
  }),
  z.strictObject({ type: z.literal("insert-text"), text: z.string().max(100_000) }),
  /** A key that is no text, by its X11 keysym; on the same way as text, so that the order is kept. */
  z.strictObject({
    type: z.literal("key"),
    keysym: z.union([z.int().min(0x20).max(0x7e), z.int().min(0xfe00).max(0xffff)]),
    down: z.boolean(),
  }),
  /** Text of the terminal's clipboard; the policy decides whether it passes. */
  z.strictObject({ type: z.literal("paste"), text: z.string().max(100_000) }),
  /** This page has no picture yet: it is sent whole ones, as binary messages, until its display stands. */
  z.strictObject({ type: z.literal("first-picture") }),
  /** Answered at once with the same number: how the line is. Nobody's activity. */
  z.strictObject({ type: z.literal("echo"), n: z.int().min(0) }),
  /** Sent on pointer or key activity at most every 15 s: the idle clock starts anew. */
  z.strictObject({ type: z.literal("activity") }),
]);
export type ViewerMessage = z.infer<typeof viewerMessage>;

/** What may pass between terminal and isolated browser besides picture and input. */
export const windowWays = ["clipboard-in", "clipboard-out", "print", "upload"] as const;
export const windowRights = z.strictObject({
  clipboardIn: z.boolean(),
  clipboardOut: z.boolean(),
  print: z.boolean(),
  upload: z.boolean(),
  /** Text over the picture, with {time} for the page to fill in; null: none. */
  watermark: z.string().nullable(),
  /** The picture is covered while this page does not have the focus. */
  hideOnBlur: z.boolean(),
});
export type WindowView = z.infer<typeof windowRights>;

/** First message on a session's upload socket; binary messages with exactly so many bytes follow. */
export const uploadGreeting = z.strictObject({
  type: z.literal("upload"),
  chooser: z.int().min(1).max(1_000_000),
  name: z.string().min(1).max(255),
  sizeBytes: z
    .int()
    .min(0)
    .max(8 * 1024 ** 3),
});
export type UploadGreeting = z.infer<typeof uploadGreeting>;
export const uploadAnswer = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("passed") }),
  z.strictObject({ type: z.literal("held"), why: z.enum([...verdicts, "off", "too-often"]) }),
]);
export type UploadAnswer = z.infer<typeof uploadAnswer>;

export type OpenRequest = z.infer<typeof openSession>;
/** First message on /api/open. */
export const openGreeting = openSession.extend({ type: z.literal("open") });
/** What a viewer's page says first, on either socket. */
export type ViewerGreeting = z.infer<typeof openGreeting> | { readonly type: "first-picture" };

/**
 * Gateway to terminal. The first three are sent at once when there is a session; before, on /api/open, come
 * "waiting" and, at the end of all hopes, "failed".
 */
export const gatewayMessage = z.discriminatedUnion("type", [
  z.strictObject({ type: z.literal("session"), session, graceSeconds: z.int() }),
  z.strictObject({ type: z.literal("tabs"), tabs: z.array(tabView), active: z.int().nullable() }),
  z.strictObject({ type: z.literal("downloads"), downloads: z.array(download) }),
  /** There is no place at the moment; `position` counts from 1, `waiting` the person included. */
  z.strictObject({
    type: z.literal("waiting"),
    why: z.enum(waitReasons),
    position: z.int().min(1),
    waiting: z.int().min(1),
  }),
  /** No session; the page says why and offers to ask again. */
  z.strictObject({ type: z.literal("failed"), error: errorBody }),
  /** How many windows of the person show this session, this one included; told when there is more than one. */
  z.strictObject({ type: z.literal("viewers"), count: z.int().min(1) }),
  /** What the policy lets through this window. Told at once and whenever it changes. */
  z.strictObject({ type: z.literal("window"), window: windowRights }),
  z.strictObject({ type: z.literal("echo"), n: z.int() }),
  /** Where text goes, in pixels of the picture. */
  z.strictObject({ type: z.literal("caret"), x: z.int(), y: z.int(), height: z.int() }),
  /** Copied in the isolated browser, for the terminal's clipboard. */
  z.strictObject({ type: z.literal("copied"), text: z.string() }),
  z.strictObject({
    type: z.literal("history"),
    tab: z.int(),
    entries: z.array(z.strictObject({ title: z.string(), step: z.int() })),
  }),
  /** A page asks for files of the terminal. */
  z.strictObject({ type: z.literal("file-chooser"), chooser: z.int(), multiple: z.boolean() }),
  /** Something did not pass the window. */
  z.strictObject({
    type: z.literal("held"),
    what: z.enum(windowWays),
    why: z.enum(["failed", "not-text", "off", "too-long", "too-often"]),
  }),
  /** Idle end is near; any activity cancels it. */
  z.strictObject({ type: z.literal("idle-warning"), secondsLeft: z.int() }),
  /** The longest time for one session is nearly over; nothing cancels it. */
  z.strictObject({ type: z.literal("lifetime-warning"), secondsLeft: z.int() }),
  /** A request of this person was decided, or nobody decided it in time. */
  z.strictObject({ type: z.literal("request-decided"), request: myRequest }),
  z.strictObject({
    type: z.literal("ended"),
    reason: z.enum(endReasons),
    message: z.string().optional(),
  }),
]);
export type GatewayMessage = z.infer<typeof gatewayMessage>;

export const auditQuery = z.strictObject({
  from: z.string().max(40).optional(),
  to: z.string().max(40).optional(),
  user: z.string().max(128).optional(),
  action: z.enum(auditActions).optional(),
  outcome: z.enum(auditOutcomes).optional(),
  session: z.string().max(64).optional(),
  /** Free text over target, reason and details. */
  q: z.string().max(256).optional(),
  /** Only records older than this sequence number: the next page. */
  before: z.coerce.number().int().min(1).optional(),
  limit: z.coerce.number().int().min(1).max(500).optional(),
});
export type AuditQuery = z.infer<typeof auditQuery>;

export const auditRecord = z.strictObject({
  seq: z.int(),
  at: z.string(),
  action: z.enum(auditActions),
  outcome: z.enum(auditOutcomes),
  userName: z.string().nullable(),
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
});
export type AuditPage = z.infer<typeof auditPage>;

export const user = z.strictObject({
  id: z.string(),
  name: z.string(),
  displayName: z.string(),
  roles: z.array(z.enum(roles)),
  groups: z.array(z.string()),
  mustChangePassword: z.boolean(),
  createdAt: z.string(),
  lastSignInAt: z.string().nullable(),
});
export type User = z.infer<typeof user>;

export const newUser = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9._-]{0,63}$/),
  displayName: z.string().min(1).max(128),
  roles: z.array(z.enum(roles)).min(1),
  groups: z.array(z.string().min(1).max(64)).max(64),
});

/** A list that is fetched from outside on a schedule. */
export const feedView = z.strictObject({
  name: z.string(),
  url: z.string(),
  lists: z.array(z.string()),
  owner: z.string(),
  outcome: z.enum([
    "taken",
    "unchanged",
    "held",
    "refused",
    "unreachable",
    "too-large",
    "waiting",
    "running",
  ]),
  ja: z.string(),
  en: z.string(),
  lookedAt: z.string().nullable(),
  /** When the copy in force was last known to be what its server has. */
  goodAt: z.string().nullable(),
  changedAt: z.string().nullable(),
  nextAt: z.string().nullable(),
  /** Not confirmed for longer than `max_age`. */
  isOld: z.boolean(),
  /** In a row. */
  failures: z.int(),
  /** A fetched copy that changes too much waits for a person. */
  held: z.strictObject({ entries: z.int(), added: z.int(), removed: z.int() }).nullable(),
});
export type FeedView = z.infer<typeof feedView>;

export const policyStatus = z.strictObject({
  version: z.string(),
  loadedAt: z.string(),
  file: z.string(),
  rules: z.array(
    z.strictObject({
      id: z.string(),
      name: z.string(),
      action: z.string(),
      line: z.int(),
      /** The included file; absent: the main one. */
      file: z.string().exactOptional(),
    }),
  ),
  lists: z.array(
    z.strictObject({
      id: z.string(),
      entries: z.int(),
      /** Entries can be added to it here, one by one. */
      takesEdits: z.boolean(),
    }),
  ),
  /** Set while a newer file on disk is invalid: the policy in force is the older one. */
  problems: z.array(
    z.strictObject({ file: z.string(), line: z.int(), column: z.int(), message: z.string() }),
  ),
  permitIp: z.array(z.string()),
  /** Past their day: they do nothing any more. */
  expired: z.array(
    z.strictObject({
      kind: z.enum(["rule", "rights", "list", "entries"]),
      id: z.string(),
      count: z.int(),
    }),
  ),
  feeds: z.array(feedView),
});
export type PolicyStatus = z.infer<typeof policyStatus>;

const openFigures = z.strictObject({
  count: z.int(),
  p50Ms: z.number().nullable(),
  p95Ms: z.number().nullable(),
});

/** Why somebody can or cannot open now: waiting containers, waiting people, memory and processors. */
export const capacity = z.strictObject({
  pool: z.strictObject({
    wanted: z.int(),
    ready: z.int(),
    creating: z.int(),
    /** Opens from a waiting container, from one that was still starting, and without one. */
    hits: z.int(),
    late: z.int(),
    misses: z.int(),
    /** Ended unused. */
    retired: z.int(),
  }),
  line: z.strictObject({
    waiting: z.int(),
    /** Of them, those who wait for others of their own policy rule only. */
    overQuota: z.int(),
    longestWaitMs: z.number(),
  }),
  warm: openFigures,
  cold: openFigures,
  memory: z.strictObject({
    totalBytes: z.number(),
    availableBytes: z.number(),
    reserveBytes: z.number(),
    /** What one more session costs, and on how many that was measured; 0: estimated. */
    sessionBytes: z.number(),
    measuredOn: z.int(),
    /** How many more sessions the memory holds. */
    room: z.int(),
  }),
  processor: z.strictObject({
    pressure: z.number().nullable(),
    load: z.number(),
    busy: z.boolean(),
  }),
});
export type Capacity = z.infer<typeof capacity>;

export const overview = z.strictObject({
  sessions: z.strictObject({
    active: z.int(),
    ready: z.int(),
    creating: z.int(),
    closing: z.int(),
    stuck: z.int(),
  }),
  limit: z.int(),
  capacity,
  orphans: z.int(),
  proxy: z.enum(["down", "up"]),
  scanner: z.enum(["down", "up"]),
  signatures: z.strictObject({
    names: z.array(z.string()),
    builtAt: z.string().nullable(),
    count: z.int().nullable(),
  }),
  /** True when only the small set shipped with Hanare is loaded: the product says so. */
  signaturesAreShippedOnly: z.boolean(),
  /** What somebody should look at: mistakes in a newer file, things past their day, feeds. */
  policy: z.strictObject({
    problems: z.int(),
    expired: z.int(),
    feedsHeld: z.int(),
    feedsFailing: z.int(),
    feedsOld: z.int(),
  }),
});
export type Overview = z.infer<typeof overview>;

const isolationRow = z.strictObject({
  id: z.enum(isolationRowIds),
  level: z.enum(isolationLevels),
  found: z.string(),
});
export const isolationReport = z.strictObject({
  host: z.array(isolationRow),
  /** Null until somebody asks for one. */
  probe: z
    .strictObject({ at: z.string(), durationMs: z.int(), rows: z.array(isolationRow) })
    .nullable(),
});
export type IsolationReport = z.infer<typeof isolationReport>;
