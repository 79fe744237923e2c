/**
 * Shape of a policy file: strict, so that a misspelt key is an error and never a rule that silently does
 * nothing. Says nothing about how the parts refer to each other (compile.ts) or where they stand (load.ts).
 */
import { z } from "zod";
import {
  actions,
  fileClasses,
  fileContentRules,
  fileProfiles,
  fileTypeRules,
  lineFormats,
  listFormats,
  m365Categories,
  modes,
  parentResolves,
  planes,
  runtimes,
  uploadActions,
  uploadProfiles,
} from "./compiled.ts";

/** Ids go into logs, block pages and command lines as they are. */
const id = z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/);
/** As accounts have it, section names included. Characters that are not seen, and two spellings of one name, are out. */
const groupName = z
  .string()
  .regex(/^[\p{L}\p{N}][\p{L}\p{N}_.・-]{0,63}$/u)
  .refine((name) => name === name.normalize("NFC"));
/** Texts reach pages and log lines: one line, no control characters. */
const text = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .regex(/^[^\p{Cc}\u2028\u2029]*$/u);
const date = z.string().regex(/^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/);
const port = z.int().min(1).max(65535);
/** Ten million names of twenty-five bytes; more is a mistake, not a list. */
export const maxListBytes = 256 * 1024 * 1024;

const group = z.strictObject({
  ad: z.string().min(1).max(512).optional(),
  /** Terminals whose users are in the group whoever they are. */
  terminals: z.array(z.string()).min(1).optional(),
});

const guards = z.strictObject({
  ports: z
    .strictObject({ connect: z.array(port).default([443]), http: z.array(port).default([80]) })
    .prefault({}),
  deny_ip: z.array(z.string()).default([]),
  permit_ip: z.array(z.string()).default([]),
  /** Both stay true: without them an allowed host's tunnel leads anywhere. */
  sni: z
    .strictObject({
      require: z.literal(true).default(true),
      must_equal_connect_host: z.literal(true).default(true),
    })
    .prefault({}),
  host: z
    .strictObject({
      ip_literals: z.enum(["deny", "allow"]).default("deny"),
      idn: z.literal("punycode-only").default("punycode-only"),
      single_label: z.enum(["deny", "allow"]).default("deny"),
    })
    .prefault({}),
});

/** "30d", "12h", "15m". */
const duration = z.string().regex(/^[1-9]\d{0,4}[mhd]$/);
const path = z.string().min(1).max(255);

const list = z.strictObject({
  file: path.optional(),
  hosts: z.array(z.string()).optional(),
  /** Name of a feed, from `feeds:` or built in. */
  feed: id.optional(),
  /** Small file of additions and exceptions on top of a big or a fetched list. */
  edits: path.optional(),
  format: z.array(z.enum(lineFormats)).min(1).optional(),
  /** Of the Microsoft 365 endpoints. */
  categories: z.array(z.enum(m365Categories)).min(1).optional(),
  ports: z.array(port).min(1).optional(),
  effect: z.enum(["allow", "deny"]).optional(),
  owner: text(100).optional(),
  expires: date.optional(),
  max_age: duration.optional(),
  /** What happens once a feed is older than max_age: the list goes on, or matches nothing. */
  on_stale: z.enum(["keep", "drop"]).optional(),
});

const feed = z.strictObject({
  url: z.string().max(2000),
  format: z.array(z.enum(listFormats)).min(1).default(["domains"]),
  every: duration.default("24h"),
  max_bytes: z
    .int()
    .min(1024)
    .max(maxListBytes)
    .default(64 * 1024 * 1024),
  /** Largest change, in percent of the entries, that is taken without a person looking at it. */
  max_change_percent: z.int().min(1).max(1000).default(30),
  owner: text(100).optional(),
  /** PEM file below the policy's folder; absent: the public authorities. */
  ca_file: path.optional(),
  /** Name of a parent proxy. */
  via: z.string().optional(),
});
export type PolicyFeed = z.infer<typeof feed>;

/** A proxy further out that a rule's traffic goes through. */
const parent = z.strictObject({
  host: z.string().min(1).max(253),
  port,
  tls: z.boolean().default(false),
  /** Whose name servers must know the names that go through it. */
  resolve: z.enum(parentResolves).default("ours"),
  /** PEM file below the policy's folder; absent: the public authorities. */
  ca_file: path.optional(),
  /** The password is no part of the policy: it stands alone in a file that only the server can read. */
  auth: z.strictObject({ user: text(128), password_file: path }).optional(),
});

const uploadRules = z.strictObject({
  types: z.array(z.enum(fileClasses)).min(1).optional(),
  max_mb: z.int().min(1).max(8192).optional(),
  my_number: z.enum(uploadActions).default("block"),
  keywords: z.array(text(100)).max(100).default([]),
  on_keyword: z.enum(["approve", "block"]).default("block"),
  /** What the page gets: the file as it is, or rebuilt as a download would be. */
  profile: z.enum(uploadProfiles).default("original"),
});

/** As the installation's configuration names it. */
const sharedFolderId = z.string().regex(/^[a-z][a-z0-9-]{0,31}$/);

const rights = z.strictObject({
  id,
  name: text(200).optional(),
  groups: z.array(groupName).min(1).optional(),
  /** Written out in every entry: the one right that nobody should have to guess. */
  session: z.boolean(),
  download: z.boolean().default(false),
  upload: z.boolean().default(false),
  clipboard: z
    .strictObject({
      in: z.boolean().default(false),
      out: z.boolean().default(false),
      max_chars: z.int().min(1).max(100_000).optional(),
    })
    .prefault({}),
  print: z.boolean().default(false),
  /** Ids of the installation's shared folders that released files may be saved to. */
  shared_folders: z.array(sharedFolderId).max(8).optional(),
  watermark: z.boolean().default(true),
  watermark_text: text(100).optional(),
  hide_on_blur: z.boolean().optional(),
  sound: z.boolean().optional(),
  runtime: z.enum(runtimes).optional(),
  idle_minutes: z
    .int()
    .min(1)
    .max(24 * 60)
    .optional(),
  lifetime_hours: z
    .number()
    .min(0.1)
    .max(24 * 7)
    .optional(),
  max_sessions: z.int().min(1).max(100_000).optional(),
  files: z
    .strictObject({
      profile: z.enum(fileProfiles).default("sanitize"),
      types: fileTypeRules.optional(),
      content: fileContentRules.optional(),
    })
    .prefault({}),
  /** For files that go out, where `upload` lets any. */
  upload_rules: uploadRules.optional(),
  expires: date.optional(),
});

const when = z.strictObject({
  days: z.union([z.string(), z.array(z.string())]).optional(),
  hours: z.union([z.string(), z.array(z.string())]).optional(),
  tz: z.string().optional(),
});

const rule = z.strictObject({
  id,
  name: text(200).optional(),
  /** Who answers for the rule; shown where it blocks. */
  owner: text(100).optional(),
  plane: z.array(z.enum(planes)).min(1),
  from: z
    .strictObject({
      groups: z.array(groupName).min(1).optional(),
      /** Ranges of terminal addresses; terminal plane only. */
      terminals: z.array(z.string()).min(1).optional(),
    })
    .optional(),
  when: when.optional(),
  to: z.strictObject({
    any: z.literal(true).optional(),
    hosts: z.array(z.string()).min(1).optional(),
    lists: z.array(z.string()).min(1).optional(),
    ports: z.array(port).min(1).optional(),
    /** Beginnings of paths; plain HTTP only, because a tunnel shows none. */
    paths: z.array(z.string()).min(1).optional(),
  }),
  /** The same as to.ports. */
  ports: z.array(port).min(1).optional(),
  /** Terminal plane: nobody is asked who they are. */
  auth: z.literal("none").optional(),
  /** Name of a parent proxy. */
  via: z.string().optional(),
  action: z.enum(actions),
  mode: z.enum(modes).default("enforce"),
  message: text(500).optional(),
  /** Nobody can ask for what this rule blocks. */
  appeal: z.literal("none").optional(),
  expires: date.optional(),
});

const test = z.strictObject({
  plane: z.enum(planes),
  user: z.string().max(128).default("test"),
  groups: z.array(groupName).default([]),
  terminal: z.string().optional(),
  url: z.string().optional(),
  connect: z.string().optional(),
  at: z.string().optional(),
  resolves: z.array(z.string()).optional(),
  expect: z.enum(actions),
  rule: z.string().optional(),
});

export const policySchema = z.strictObject({
  version: z.literal(1),
  name: text(200),
  mode: z.enum(modes).default("enforce"),
  /** Zone in which dates and hours are meant. */
  tz: z.string().default("Asia/Tokyo"),
  defaults: z
    .strictObject({
      terminal: z.enum(actions).default("isolate"),
      isolated: z.enum(actions).default("block"),
    })
    .prefault({}),
  /** Further files, below the policy's folder (include.ts). */
  include: z.array(path).max(100).optional(),
  groups: z.record(groupName, group).default({}),
  guards: guards.prefault({}),
  parents: z.record(id, parent).default({}),
  feeds: z.record(id, feed).default({}),
  lists: z.record(id, list).default({}),
  rights: z.array(rights).optional(),
  rules: z.array(rule),
  tests: z.array(test).default([]),
});

export type PolicyFile = z.infer<typeof policySchema>;
export type PolicyRule = PolicyFile["rules"][number];
export type PolicyList = PolicyFile["lists"][string];
export type PolicyRights = NonNullable<PolicyFile["rights"]>[number];

/** Keys that exist at each place, for "did you mean". `*` stands for any name or index. */
export const knownKeys: Readonly<Record<string, readonly string[]>> = {
  "": Object.keys(policySchema.shape),
  defaults: ["terminal", "isolated"],
  "groups.*": Object.keys(group.shape),
  guards: Object.keys(guards.shape),
  "guards.ports": ["connect", "http"],
  "guards.sni": ["require", "must_equal_connect_host"],
  "guards.host": ["ip_literals", "idn", "single_label"],
  "parents.*": Object.keys(parent.shape),
  "parents.*.auth": ["user", "password_file"],
  "feeds.*": Object.keys(feed.shape),
  "lists.*": Object.keys(list.shape),
  "rights.*": Object.keys(rights.shape),
  "rights.*.clipboard": ["in", "out", "max_chars"],
  "rights.*.files": ["profile", "types", "content"],
  "rights.*.files.types": Object.keys(fileTypeRules.shape),
  "rights.*.files.content": Object.keys(fileContentRules.shape),
  "rights.*.upload_rules": Object.keys(uploadRules.shape),
  "rules.*": Object.keys(rule.shape),
  "rules.*.from": ["groups", "terminals"],
  "rules.*.when": Object.keys(when.shape),
  "rules.*.to": ["any", "hosts", "lists", "ports", "paths"],
  "tests.*": Object.keys(test.shape),
};
