/**
 * Where a verdict falls: rules in order, the first match wins, then the default of the plane. Pure, and
 * the same function for the proxy, `policy explain`, `policy test` and the pages. Guards on ports stand
 * before the rules and cannot be relaxed by them; hosts come in canonical (guards/host-port.ts) and
 * addresses are judged later (guards/address-class.ts), because only the proxy resolves.
 */
import type { Action, CompiledPolicy, CompiledRule, Plane } from "./compiled.ts";
import { isWithin } from "./time-window.ts";

export interface PolicyRequest {
  readonly plane: Plane;
  readonly user: string;
  readonly groups: readonly string[];
  /** Canonical. */
  readonly host: string;
  readonly port: number;
  /** CONNECT tunnels and plain HTTP have their own sets of ports. */
  readonly via: "connect" | "http";
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export interface EntryHit {
  readonly list?: string;
  readonly file?: string;
  readonly entry: string;
  readonly line: number;
}

export interface Decision {
  readonly verdict: Action;
  /** Rule id, "default" or a guard. */
  readonly rule: string;
  readonly ruleName?: string;
  readonly ruleLine?: number;
  readonly list?: string;
  readonly line?: number;
  readonly hit?: EntryHit;
  readonly reason: "rule" | "default" | "port-not-allowed";
  /** What would have happened but for `mode: report`: verdict and rule, e.g. "block R300". */
  readonly would?: string;
  readonly message?: string;
}

export type PassedOver = "plane" | "group" | "expired" | "time" | "port" | "host" | "report-only";

export interface TraceStep {
  readonly rule: string;
  readonly ruleName?: string;
  readonly line: number;
  readonly outcome: "matched" | PassedOver;
  readonly hit?: EntryHit;
}

/** A policy with its look-up tables; made once per version, never changed. */
export interface PreparedPolicy {
  readonly policy: CompiledPolicy;
  readonly lists: ReadonlyMap<string, EntryTable>;
  readonly ruleTables: ReadonlyMap<string, EntryTable>;
}

interface EntryTable {
  readonly id?: string;
  readonly file?: string;
  readonly expiresAt?: number;
  readonly lines: ReadonlyMap<string, number>;
}

export function preparePolicy(policy: CompiledPolicy): PreparedPolicy {
  const lists = new Map<string, EntryTable>();
  for (const list of policy.lists) {
    const { id, file, expiresAt } = list;
    const table = { id, lines: toMap(list.entries, list.lines) };
    lists.set(id, {
      ...table,
      ...(file !== undefined && { file }),
      ...(expiresAt !== undefined && { expiresAt }),
    });
  }
  const ruleTables = new Map<string, EntryTable>();
  for (const rule of policy.rules) {
    if (rule.to.kind === "hosts") {
      ruleTables.set(rule.id, { lines: toMap(rule.to.entries, rule.to.lines) });
    }
  }
  return { policy, lists, ruleTables };
}

function toMap(entries: readonly string[], lines: readonly number[]): Map<string, number> {
  return new Map(entries.map((entry, index) => [entry, lines[index] ?? 0]));
}

/** @param trace filled with one step per rule looked at; leave out where nobody reads it */
export function decide(
  prepared: PreparedPolicy,
  request: PolicyRequest,
  trace?: TraceStep[],
): Decision {
  const { policy } = prepared;
  const ports = request.via === "connect" ? policy.guards.connectPorts : policy.guards.httpPorts;
  if (!ports.includes(request.port)) {
    return { verdict: "block", rule: "guard.port", reason: "port-not-allowed" };
  }
  let would: string | undefined;
  for (const rule of policy.rules) {
    const outcome = tryRule(prepared, rule, request);
    const reportOnly = outcome.matched && rule.mode === "report";
    trace?.push({
      rule: rule.id,
      ...(rule.name !== undefined && { ruleName: rule.name }),
      line: rule.line,
      outcome: outcome.matched ? (reportOnly ? "report-only" : "matched") : outcome.why,
      ...(outcome.matched && outcome.hit && { hit: outcome.hit }),
    });
    if (!outcome.matched) continue;
    if (reportOnly) {
      would ??= `${rule.action} ${rule.id}`;
      continue;
    }
    return asModeSays(policy, withWould(ruleDecision(rule, outcome.hit), would));
  }
  const verdict = policy.defaults[request.plane];
  return asModeSays(policy, withWould({ verdict, rule: "default", reason: "default" }, would));
}

type RuleOutcome =
  | { readonly matched: true; readonly hit: EntryHit | undefined }
  | { readonly matched: false; readonly why: Exclude<PassedOver, "report-only"> };

function tryRule(
  prepared: PreparedPolicy,
  rule: CompiledRule,
  request: PolicyRequest,
): RuleOutcome {
  const passed = (why: Exclude<PassedOver, "report-only">) => ({ matched: false, why }) as const;
  if (!rule.planes.includes(request.plane)) return passed("plane");
  if (rule.groups && !rule.groups.some((group) => request.groups.includes(group))) {
    return passed("group");
  }
  if (rule.expiresAt !== undefined && request.at >= rule.expiresAt) return passed("expired");
  if (rule.when && !isWithin(rule.when, request.at)) return passed("time");
  if (rule.ports && !rule.ports.includes(request.port)) return passed("port");
  if (rule.to.kind === "any") return { matched: true, hit: undefined };
  const hit = findHit(prepared, rule.id, rule.to.lists, request);
  return hit ? { matched: true, hit } : passed("host");
}

function findHit(
  prepared: PreparedPolicy,
  ruleId: string,
  listIds: readonly string[],
  request: PolicyRequest,
): EntryHit | undefined {
  const own = prepared.ruleTables.get(ruleId);
  const tables = [own, ...listIds.map((id) => prepared.lists.get(id))];
  for (const table of tables) {
    if (!table || (table.expiresAt !== undefined && request.at >= table.expiresAt)) continue;
    const hit = findEntry(table, request.host);
    if (hit) return hit;
  }
  return undefined;
}

/** The exact entry first, then the longest suffix: what a person would call the closest entry. */
function findEntry(table: EntryTable, host: string): EntryHit | undefined {
  for (const candidate of candidates(host)) {
    const line = table.lines.get(candidate);
    if (line === undefined) continue;
    return {
      entry: candidate,
      line,
      ...(table.id !== undefined && { list: table.id }),
      ...(table.file !== undefined && { file: table.file }),
    };
  }
  return undefined;
}

/** "a.b.jp" → "a.b.jp", ".a.b.jp", ".b.jp", ".jp". */
function* candidates(host: string): Generator<string> {
  yield host;
  // An address has no parent domain: ".1.1" must not cover 10.0.1.1.
  if (/^[\d.]+$|:/.test(host)) return;
  yield `.${host}`;
  for (let dot = host.indexOf("."); dot !== -1; dot = host.indexOf(".", dot + 1)) {
    yield host.slice(dot);
  }
}

function ruleDecision(rule: CompiledRule, hit: EntryHit | undefined): Decision {
  return {
    verdict: rule.action,
    rule: rule.id,
    reason: "rule",
    ruleLine: rule.line,
    ...(rule.name !== undefined && { ruleName: rule.name }),
    ...(rule.message !== undefined && { message: rule.message }),
    ...(hit?.list !== undefined && { list: hit.list }),
    ...(hit && { line: hit.line, hit }),
  };
}

function withWould(decision: Decision, would: string | undefined): Decision {
  return would === undefined ? decision : { ...decision, would };
}

/** `mode: report` for the whole file: what would be refused passes, and says so. Guards stay in force. */
function asModeSays(policy: CompiledPolicy, decision: Decision): Decision {
  if (policy.mode === "enforce" || decision.verdict === "allow") return decision;
  return { ...decision, verdict: "allow", would: `${decision.verdict} ${decision.rule}` };
}
