/**
 * Messages between the orchestrator and the proxy process (Node IPC channel, JSON). Both sides check
 * what they receive with these schemas. The proxy has no database and no engine: this is all it knows.
 */
import { z } from "zod";
import { compiledPolicy } from "../policies/compiled.ts";

const sessionId = z.string().regex(/^s[a-z2-9]{20}$/);

export const toProxy = z.discriminatedUnion("type", [
  /** Whole configuration; may come again at any time and replaces the former one atomically. */
  z.strictObject({
    type: z.literal("configure"),
    policy: compiledPolicy,
    /** Where the snapshots of its big lists lie; absent when it has none. */
    listFolder: z.string().optional(),
    /** Resolver addresses ("192.0.2.53" or "192.0.2.53:5353"); empty means the host's own. */
    dnsServers: z.array(z.string()),
    /** Hosts answered by Hanare itself over a unix socket (the practice site), before any resolution. */
    internalOrigins: z.array(z.strictObject({ host: z.string(), socketPath: z.string() })),
    /** Passwords by id of the parent proxy; one that is not here could not be read. */
    parentSecrets: z.record(z.string(), z.string().max(1024)).optional(),
  }),
  z.strictObject({
    type: z.literal("session-open"),
    request: z.int(),
    sessionId,
    socketPath: z.string(),
  }),
  /** Before this message a session's requests are all refused with guard.unclaimed. */
  z.strictObject({
    type: z.literal("session-claim"),
    request: z.int(),
    sessionId,
    user: z.string(),
    groups: z.array(z.string()),
  }),
  z.strictObject({ type: z.literal("session-close"), request: z.int(), sessionId }),
]);
export type ToProxy = z.infer<typeof toProxy>;
export type Configure = Extract<ToProxy, { type: "configure" }>;

/** One canonical record per request; the same object is the log line and the audit's source. */
export const decisionRecord = z.strictObject({
  id: z.string(),
  at: z.string(),
  plane: z.enum(["isolated", "terminal"]),
  sessionId: z.string().optional(),
  user: z.string().optional(),
  /** Address of the terminal; on its plane only. */
  terminal: z.string().max(64).optional(),
  method: z.string().max(32),
  scheme: z.enum(["http", "https", "ws", "unknown"]),
  host: z.string().max(255),
  port: z.int().min(0).max(65535),
  path: z.string().max(2048).optional(),
  verdict: z.enum(["block", "isolate", "allow", "direct"]),
  /** Rule id from the policy, "default", or a guard such as "guard.deny_ip". */
  rule: z.string().max(64),
  ruleName: z.string().max(200).optional(),
  list: z.string().max(64).optional(),
  line: z.int().optional(),
  reason: z.string().max(64),
  /** Verdict a `mode: report` rule would have given. */
  would: z.string().max(64).optional(),
  message: z.string().max(500).optional(),
  /** The parent proxy that it was to go through; `address` is then the parent's. */
  via: z.string().max(64).optional(),
  /** Who answers for the rule or the list. */
  owner: z.string().max(100).optional(),
  address: z.string().max(64).optional(),
  status: z.int().optional(),
  bytesUp: z.int().min(0),
  bytesDown: z.int().min(0),
  durationMs: z.number().min(0),
  policyVersion: z.string(),
});
export type DecisionRecord = z.infer<typeof decisionRecord>;

const histogram = z.strictObject({
  counts: z.array(z.int().min(0)).max(32),
  sum: z.number().min(0),
});

/** Everything since the process began; the newest message is the truth. */
export const metricsMessage = z.strictObject({
  type: z.literal("metrics"),
  metrics: z.strictObject({
    /** Sessions, or terminals known. */
    clients: z.int().min(0),
    connections: z.int().min(0),
    tunnels: z.int().min(0),
    outcomes: z
      .array(
        z.strictObject({
          verdict: z.string().max(16),
          rule: z.string().max(64),
          reason: z.string().max(64),
          count: z.int().min(0),
        }),
      )
      .max(256),
    bytesUp: z.number().min(0),
    bytesDown: z.number().min(0),
    requestSeconds: histogram,
    dnsSeconds: histogram,
    dnsCached: z.int().min(0),
    dnsFailed: z.int().min(0),
    residentBytes: z.int().min(0),
  }),
});
export type MetricsMessage = z.infer<typeof metricsMessage>;

export const maxRecordsPerMessage = 256;

export const fromProxy = z.discriminatedUnion("type", [
  /** Sent once the process listens to messages and has dropped its privileges. */
  z.strictObject({ type: z.literal("ready") }),
  z.strictObject({
    type: z.literal("configured"),
    policyVersion: z.string(),
    /** Why it was refused; the former configuration is still in force. */
    error: z.string().optional(),
  }),
  /** Answer to session-open, session-claim and session-close. */
  z.strictObject({ type: z.literal("done"), request: z.int(), error: z.string().optional() }),
  /** Each sent when its verdict falls (refusals) or when the request or tunnel ends (allowed). */
  z.strictObject({
    type: z.literal("decisions"),
    decisions: z.array(decisionRecord).max(maxRecordsPerMessage),
  }),
  metricsMessage,
]);
export type FromProxy = z.infer<typeof fromProxy>;
