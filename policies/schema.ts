/**
 * Shape of a policy file: strict, so that a misspelt key is an error and never a rule that silently does
 * nothing. Says nothing about how the parts refer to each other (compile.ts) or where they stand (load.ts).
 */
import { z } from "zod";
import { actions, modes, planes } from "./compiled.ts";

/** Ids go into logs, block pages and command lines as they are. */
const id = z.string().regex(/^[A-Za-z][A-Za-z0-9_-]{0,63}$/);
const groupName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.-]{0,63}$/);
/** Texts reach pages and log lines: one line, no control characters. */
const text = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .regex(/^[^\p{Cc}\u2028\u2029]*$/u);
const date = z.string().regex(/^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/);
const port = z.int().min(1).max(65535);

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

const list = z.strictObject({
  file: z.string().min(1).max(255).optional(),
  hosts: z.array(z.string()).optional(),
  effect: z.enum(["allow", "deny"]).optional(),
  owner: text(100).optional(),
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
  plane: z.array(z.enum(planes)).min(1),
  from: z.strictObject({ groups: z.array(groupName).min(1) }).optional(),
  when: when.optional(),
  to: z.strictObject({
    any: z.literal(true).optional(),
    hosts: z.array(z.string()).min(1).optional(),
    lists: z.array(z.string()).min(1).optional(),
  }),
  ports: z.array(port).min(1).optional(),
  action: z.enum(actions),
  mode: z.enum(modes).default("enforce"),
  message: text(500).optional(),
  expires: date.optional(),
});

const test = z.strictObject({
  plane: z.enum(planes),
  user: z.string().max(128).default("test"),
  groups: z.array(groupName).default([]),
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
  groups: z
    .record(groupName, z.strictObject({ ad: z.string().min(1).max(512).optional() }))
    .default({}),
  guards: guards.prefault({}),
  lists: z.record(id, list).default({}),
  rules: z.array(rule),
  tests: z.array(test).default([]),
});

export type PolicyFile = z.infer<typeof policySchema>;
export type PolicyRule = PolicyFile["rules"][number];

/** Keys that exist at each place, for "did you mean". `*` stands for any name or index. */
export const knownKeys: Readonly<Record<string, readonly string[]>> = {
  "": Object.keys(policySchema.shape),
  defaults: ["terminal", "isolated"],
  "groups.*": ["ad"],
  guards: Object.keys(guards.shape),
  "guards.ports": ["connect", "http"],
  "guards.sni": ["require", "must_equal_connect_host"],
  "guards.host": ["ip_literals", "idn", "single_label"],
  "lists.*": Object.keys(list.shape),
  "rules.*": Object.keys(rule.shape),
  "rules.*.from": ["groups"],
  "rules.*.when": Object.keys(when.shape),
  "rules.*.to": ["any", "hosts", "lists"],
  "tests.*": Object.keys(test.shape),
};
