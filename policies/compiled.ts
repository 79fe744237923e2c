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

export const modes = ["enforce", "report"] as const;

/** ".example.jp" is the name and everything below it, "example.jp" is that name only. */
const entry = z.string().min(1).max(254);

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
  /** Milliseconds since the epoch; from then on the list matches nothing. */
  expiresAt: z.int().optional(),
  entries: z.array(entry),
  /** Line of each entry, in its list file or in the policy. Same length as `entries`. */
  lines: z.array(z.int()),
});
export type CompiledList = z.infer<typeof compiledList>;

const compiledRule = z.strictObject({
  id: z.string().max(64),
  name: z.string().max(200).optional(),
  line: z.int(),
  planes: z.array(z.enum(planes)),
  /** Absent: everybody. */
  groups: z.array(z.string()).optional(),
  when: when.optional(),
  to: z.discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("any") }),
    z.strictObject({
      kind: z.literal("hosts"),
      entries: z.array(entry),
      lines: z.array(z.int()),
      lists: z.array(z.string()),
    }),
  ]),
  /** Absent: every port that the guards let through. */
  ports: z.array(z.int()).optional(),
  action: z.enum(actions),
  mode: z.enum(modes),
  message: z.string().max(500).optional(),
  expiresAt: z.int().optional(),
});
export type CompiledRule = z.infer<typeof compiledRule>;

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
  plane: z.enum(planes),
  user: z.string(),
  groups: z.array(z.string()),
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
  guards,
  lists: z.array(compiledList),
  rules: z.array(compiledRule),
  tests: z.array(embeddedTest),
});
export type CompiledPolicy = z.infer<typeof compiledPolicy>;
