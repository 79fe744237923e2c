/**
 * Where a verdict falls: rules in order, the first match wins, then the default of the plane. Pure, and
 * the same function for the proxy, `policy explain`, `policy test` and the pages. Guards on ports stand
 * before the rules and cannot be relaxed by them; hosts come in canonical (guards/host-port.ts) and
 * addresses are judged later (guards/address-class.ts), because only the proxy resolves.
 */
import type { Action, CompiledPolicy, CompiledRule, Plane } from "./compiled.ts";
import { canonicalPath, isBelow } from "./paths.ts";
import { inRanges, parseRanges, type Ranges } from "./ranges.ts";
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
  /** Address of the terminal, where it is known: on the terminal plane. */
  readonly terminal?: string;
  /** Path of a plain HTTP request as it was sent; a tunnel shows none. */
  readonly path?: string;
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
  /** Who answers for the rule. */
  readonly owner?: string;
  /** Id of the parent proxy to go through. */
  readonly via?: string;
}

export type PassedOver =
  | "plane"
  | "terminal"
  | "group"
  | "expired"
  | "time"
  | "port"
  | "path"
  | "host"
  | "report-only";

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
  readonly ruleTerminals: ReadonlyMap<string, Ranges>;
  readonly terminalGroups: readonly { readonly group: string; readonly ranges: Ranges }[];
}

interface EntryTable {
  readonly id?: string;
  readonly file?: string;
  readonly expiresAt?: number;
  readonly ports?: readonly number[];
  readonly lines: ReadonlyMap<string, number>;
}

export function preparePolicy(policy: CompiledPolicy): PreparedPolicy {
  const lists = new Map<string, EntryTable>();
  for (const list of policy.lists) {
    const { id, file, expiresAt, ports } = list;
    const table = { id, lines: toMap(list.entries, list.lines) };
    lists.set(id, {
      ...table,
      ...(file !== undefined && { file }),
      ...(expiresAt !== undefined && { expiresAt }),
      ...(ports && { ports }),
    });
  }
  const ruleTerminals = new Map<string, Ranges>();
  const ruleTables = new Map<string, EntryTable>();
  for (const rule of policy.rules) {
    if (rule.to.kind === "hosts") {
      ruleTables.set(rule.id, { lines: toMap(rule.to.entries, rule.to.lines) });
    }
    if (rule.terminals) ruleTerminals.set(rule.id, parseRanges(rule.terminals));
  }
  const terminalGroups = policy.terminalGroups.map(({ group, ranges }) => ({
    group,
    ranges: parseRanges(ranges),
  }));
  return { policy, lists, ruleTables, ruleTerminals, terminalGroups };
}

function toMap(entries: readonly string[], lines: readonly number[]): Map<string, number> {
  return new Map(entries.map((entry, index) => [entry, lines[index] ?? 0]));
}

/** Groups that a terminal at this address is in, whoever sits at it. */
export function groupsOfTerminal(prepared: PreparedPolicy, terminal: string): string[] {
  return prepared.terminalGroups.flatMap(({ group, ranges }) =>
    inRanges(ranges, terminal) ? [group] : [],
  );
}

/** @param trace filled with one step per rule looked at; leave out where nobody reads it */
export function decide(
  prepared: PreparedPolicy,
  asked: PolicyRequest,
  trace?: TraceStep[],
): Decision {
  const { policy } = prepared;
  const request = withTerminalGroups(prepared, asked);
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
    return asModeSays(policy, request.plane, withWould(ruleDecision(rule, outcome.hit), would));
  }
  const verdict = policy.defaults[request.plane];
  return asModeSays(
    policy,
    request.plane,
    withWould({ verdict, rule: "default", reason: "default" }, would),
  );
}

function withTerminalGroups(prepared: PreparedPolicy, request: PolicyRequest): PolicyRequest {
  if (request.terminal === undefined || prepared.terminalGroups.length === 0) return request;
  const groups = [...request.groups, ...groupsOfTerminal(prepared, request.terminal)];
  return { ...request, groups };
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
  const terminals = prepared.ruleTerminals.get(rule.id);
  if (terminals && !inRanges(terminals, request.terminal ?? "")) return passed("terminal");
  if (rule.groups && !rule.groups.some((group) => request.groups.includes(group))) {
    return passed("group");
  }
  if (rule.expiresAt !== undefined && request.at >= rule.expiresAt) return passed("expired");
  if (rule.when && !isWithin(rule.when, request.at)) return passed("time");
  if (rule.ports && !rule.ports.includes(request.port)) return passed("port");
  if (rule.paths && !isOnPath(rule.paths, request)) return passed("path");
  if (rule.to.kind === "any") return { matched: true, hit: undefined };
  const hit = findHit(prepared, rule.id, rule.to.lists, request);
  return hit ? { matched: true, hit } : passed("host");
}

/** Where the path is not visible the rule does not match, whatever it would do. */
function isOnPath(prefixes: readonly string[], { via, path }: PolicyRequest): boolean {
  if (via !== "http" || path === undefined) return false;
  const canonical = canonicalPath(path);
  return canonical !== undefined && prefixes.some((prefix) => isBelow(canonical, prefix));
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
    if (table.ports && !table.ports.includes(request.port)) continue;
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
    ...(rule.owner !== undefined && { owner: rule.owner }),
    ...(rule.via !== undefined && { via: rule.via }),
    ...(hit?.list !== undefined && { list: hit.list }),
    ...(hit && { line: hit.line, hit }),
  };
}

function withWould(decision: Decision, would: string | undefined): Decision {
  return would === undefined ? decision : { ...decision, would };
}

/** `mode: report` for the whole file: what would be refused passes, and says so. Guards stay in force. */
function asModeSays(policy: CompiledPolicy, plane: Plane, decision: Decision): Decision {
  const passes = plane === "terminal" ? "direct" : "allow";
  const { verdict } = decision;
  if (policy.mode === "enforce" || verdict === "allow" || verdict === passes) return decision;
  return { ...decision, verdict: passes, would: `${verdict} ${decision.rule}` };
}
