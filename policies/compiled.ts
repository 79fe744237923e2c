/**
 * The compiled policy: the one shape that crosses to the proxy, is kept as a version and is decided on.
 * Plain JSON, complete in itself (no file is read after this), and already checked: every host is
 * canonical, every name refers to something. `version` is the SHA-256 of everything else in it.
 */
import { z } from "zod";

export const planes = ["isolated", "terminal"] as const;
export type Plane = (typeof planes)[number];

/** `block` comes first: the zero value is the closed one. */
export const actions = ["block", "isolate", "allow", "direct"] as const;
export type Action = (typeof actions)[number];

/** How far an action lets a request go; what gets more opens. */
export const openness: Readonly<Record<Action, number>> = {
  block: 0,
  isolate: 1,
  allow: 2,
  direct: 2,
};

export const modes = ["enforce", "report"] as const;

/** `text` comes first, the closest to nothing: characters only. */
export const fileProfiles = ["text", "image_pdf", "sanitize", "visual_check"] as const;
/** What becomes of an outgoing file that holds a マイナンバー. The closed one is first. */
export const uploadActions = ["block", "approve", "allow"] as const;
export const uploadProfiles = ["original", "sanitize"] as const;
export type FileProfile = (typeof fileProfiles)[number];
/** Kinds of files that a policy speaks of; which content is which is the file desk's to say. */
export const fileClasses = [
  "office",
  "pdf",
  "image",
  "text",
  "archive",
  "mail",
  "web",
  "drawing",
  "media",
] as const;
export type FileClass = (typeof fileClasses)[number];
/** Things in files that a policy speaks of, by the file desk's names of what it takes out. */
export const fileContents = [
  "macro",
  "script",
  "action",
  "embedded-object",
  "embedded-file",
  "activex",
  "external-reference",
  "external-template",
  "field",
  "form-xfa",
  "signature",
  "media",
  "hyperlink",
] as const;
export type FileContent = (typeof fileContents)[number];
export const fileActions = ["sanitize", "approve", "disallow"] as const;
export type FileAction = (typeof fileActions)[number];

const fileAction = z.enum(fileActions).optional();
/** What becomes of files by kind, and by what was found in them; what is not named is sanitized. */
export const fileTypeRules = z.strictObject({
  office: fileAction,
  pdf: fileAction,
  image: fileAction,
  text: fileAction,
  archive: fileAction,
  mail: fileAction,
  web: fileAction,
  drawing: fileAction,
  media: fileAction,
} satisfies Record<FileClass, typeof fileAction>);
export const fileContentRules = z.strictObject({
  macro: fileAction,
  script: fileAction,
  action: fileAction,
  "embedded-object": fileAction,
  "embedded-file": fileAction,
  activex: fileAction,
  "external-reference": fileAction,
  "external-template": fileAction,
  field: fileAction,
  "form-xfa": fileAction,
  signature: fileAction,
  media: fileAction,
  hyperlink: fileAction,
} satisfies Record<FileContent, typeof fileAction>);

export const runtimes = ["runc", "runsc"] as const;
export type Runtime = (typeof runtimes)[number];

/** How the lines of a list are written. */
export const lineFormats = ["domains", "hosts", "squid", "adblock-basic"] as const;
export type LineFormat = (typeof lineFormats)[number];
/** Besides those, what is read as a whole: by feeds and by import. */
export const listFormats = [...lineFormats, "csv", "m365-json"] as const;
export type ListFormat = (typeof listFormats)[number];

/** In the forms of list-entry.ts. */
const entry = z.string().min(1).max(9000);

/** Entries held in full, with the line of each in its list file or in the policy. */
const entries = {
  entries: z.array(entry),
  /** Same length as `entries`. */
  lines: z.array(z.int()),
  /** Entries that end: index into `entries`, and milliseconds since the epoch. */
  expiries: z.array(z.tuple([z.int(), z.int()])).optional(),
};

const when = z.strictObject({
  /** 0 is Sunday. */
  days: z.array(z.int().min(0).max(6)),
  /** Minutes since midnight. `from` later than `to` runs over midnight and belongs to the day it began. */
  hours: z.array(z.strictObject({ from: z.int().min(0).max(1440), to: z.int().min(0).max(1440) })),
  tz: z.string(),
});
export type When = z.infer<typeof when>;

const compiledList = z.strictObject({
  id: z.string(),
  /** Path as written in the policy; absent when the hosts stand in the policy itself. */
  file: z.string().optional(),
  effect: z.enum(["allow", "deny"]).optional(),
  owner: z.string().optional(),
  /** Entries can be added to it one by one: `edits`, or its own file in the form of one entry a line. */
  takesEdits: z.literal(true).optional(),
  /** Absent: every port. */
  ports: z.array(z.int()).optional(),
  /** Milliseconds since the epoch; from then on the list matches nothing. */
  expiresAt: z.int().optional(),
  ...entries,
  /** The rest of a big list, in a snapshot file of this name (index/). */
  index: z
    .strictObject({ sha256: z.string().regex(/^[0-9a-f]{64}$/), entries: z.int().min(0) })
    .optional(),
  /** Additions and exceptions from a small file of their own; they go before the list itself. */
  edits: z.strictObject({ file: z.string(), ...entries }).optional(),
});
export type CompiledList = z.infer<typeof compiledList>;

const compiledRule = z.strictObject({
  id: z.string().max(64),
  name: z.string().max(200).optional(),
  line: z.int(),
  /** The included file that it stands in; absent: the main one. */
  file: z.string().optional(),
  owner: z.string().max(100).optional(),
  planes: z.array(z.enum(planes)),
  /** Absent: everybody. */
  groups: z.array(z.string()).optional(),
  /** Ranges of terminal addresses. Absent: every terminal. */
  terminals: z.array(z.string()).optional(),
  when: when.optional(),
  to: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("any") }),
    z.strictObject({
      kind: z.literal("hosts"),
      ...entries,
      lists: z.array(z.string()),
    }),
  ]),
  /** Absent: every port that the guards let through. */
  ports: z.array(z.int()).optional(),
  /** Canonical beginnings of paths; matches plain HTTP only. Absent: every path. */
  paths: z.array(z.string()).optional(),
  /** Nobody is asked who they are. */
  auth: z.literal("none").optional(),
  /** Id of a parent proxy. */
  via: z.string().optional(),
  action: z.enum(actions),
  mode: z.enum(modes),
  message: z.string().max(500).optional(),
  /** Nobody can ask for what this rule blocks. */
  appeal: z.literal("none").optional(),
  expiresAt: z.int().optional(),
});
export type CompiledRule = z.infer<typeof compiledRule>;

const compiledRights = z.strictObject({
  id: z.string().max(64),
  name: z.string().max(200).optional(),
  line: z.int(),
  /** The included file that it stands in; absent: the main one. */
  file: z.string().optional(),
  groups: z.array(z.string()).optional(),
  expiresAt: z.int().optional(),
  session: z.boolean(),
  download: z.boolean(),
  upload: z.boolean(),
  clipboard: z.strictObject({
    in: z.boolean(),
    out: z.boolean(),
    maxChars: z.int().optional(),
  }),
  print: z.boolean(),
  sharedFolders: z.array(z.string()).optional(),
  watermark: z.boolean(),
  watermarkText: z.string().max(100).optional(),
  hideOnBlur: z.boolean().optional(),
  sound: z.boolean().optional(),
  files: z.strictObject({
    profile: z.enum(fileProfiles),
    types: fileTypeRules.optional(),
    content: fileContentRules.optional(),
  }),
  uploadRules: z
    .strictObject({
      types: z.array(z.enum(fileClasses)).optional(),
      maxBytes: z.int().optional(),
      myNumber: z.enum(uploadActions),
      keywords: z.array(z.string()),
      onKeyword: z.enum(["approve", "block"]),
      profile: z.enum(uploadProfiles),
    })
    .optional(),
  runtime: z.enum(runtimes).optional(),
  idleMinutes: z.int().optional(),
  lifetimeHours: z.number().optional(),
  maxSessions: z.int().optional(),
});
export type CompiledRights = z.infer<typeof compiledRights>;

/**
 * What must be known of a name before it goes through a parent proxy. `ours`: our servers know it and every
 * address is allowed. `both`: the same, but a name that our servers say does not exist may go. `theirs`: our
 * servers are not asked.
 */
export const parentResolves = ["ours", "both", "theirs"] as const;

const compiledParent = z.strictObject({
  id: z.string(),
  /** Canonical name or address. */
  host: z.string(),
  port: z.int(),
  tls: z.boolean(),
  resolve: z.enum(parentResolves),
  /** PEM; absent: the public authorities. */
  ca: z.string().optional(),
  /** The password travels beside the policy, never in it; the file's name is one in the secrets folder. */
  auth: z.strictObject({ user: z.string(), passwordFile: z.string() }).optional(),
});
export type CompiledParent = z.infer<typeof compiledParent>;

/** Microsoft 365's categories of endpoints. */
export const m365Categories = ["Optimize", "Allow", "Default"] as const;

const compiledFeed = z.strictObject({
  /** The feed's id, and the categories where they are not the usual ones; the name of its copy. */
  name: z.string(),
  url: z.string(),
  /** Of `url`, canonical. */
  host: z.string(),
  port: z.int(),
  formats: z.array(z.enum(listFormats)),
  categories: z.array(z.enum(m365Categories)).optional(),
  everyMs: z.int(),
  maxBytes: z.int(),
  maxChangePercent: z.int(),
  /** From when on a copy that could not be confirmed is told as old. */
  maxAgeMs: z.int().optional(),
  /** An old copy is not used: its lists match nothing until it was confirmed. */
  dropWhenOld: z.literal(true).optional(),
  owner: z.string().optional(),
  /** PEM; absent: the public authorities. */
  ca: z.string().optional(),
  /** Id of a parent proxy. */
  via: z.string().optional(),
  /** Ids of the lists made from it. */
  lists: z.array(z.string()),
});
export type CompiledFeed = z.infer<typeof compiledFeed>;

const guards = z.strictObject({
  connectPorts: z.array(z.int().min(1).max(65535)),
  httpPorts: z.array(z.int().min(1).max(65535)),
  /** Ranges of the site, in CIDR form; the special-purpose table is always on and not listed here. */
  denyIp: z.array(z.string()),
  /** Ranges opened for a test network. Never empty without a warning wherever a policy is shown. */
  permitIp: z.array(z.string()),
  ipLiterals: z.enum(["deny", "allow"]),
  singleLabel: z.enum(["deny", "allow"]),
});
export type CompiledGuards = z.infer<typeof guards>;

const embeddedTest = z.strictObject({
  line: z.int(),
  file: z.string().optional(),
  plane: z.enum(planes),
  user: z.string(),
  groups: z.array(z.string()),
  terminal: z.string().optional(),
  /** A URL, or "host:port" as in a CONNECT. */
  target: z.strictObject({ kind: z.enum(["url", "connect"]), text: z.string() }),
  at: z.int().optional(),
  resolves: z.array(z.string()).optional(),
  expect: z.enum(actions),
  rule: z.string().optional(),
});
export type EmbeddedTest = z.infer<typeof embeddedTest>;

export const compiledPolicy = z.strictObject({
  version: z.string().regex(/^[0-9a-f]{64}$/),
  name: z.string(),
  mode: z.enum(modes),
  defaults: z.strictObject({ isolated: z.enum(actions), terminal: z.enum(actions) }),
  groups: z.array(z.string()),
  /** Groups that whoever sits at a terminal in these ranges is in. */
  terminalGroups: z.array(z.strictObject({ group: z.string(), ranges: z.array(z.string()) })),
  guards,
  parents: z.array(compiledParent),
  /** Those that some list is made from; absent: none. Fetched by the orchestrator's order, never by the proxies. */
  feeds: z.array(compiledFeed).optional(),
  /** Absent: the policy says nothing about rights (rights.ts). */
  rights: z.array(compiledRights).optional(),
  lists: z.array(compiledList),
  rules: z.array(compiledRule),
  tests: z.array(embeddedTest),
});
export type CompiledPolicy = z.infer<typeof compiledPolicy>;
