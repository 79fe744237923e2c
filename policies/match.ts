/**
 * Where a verdict falls: rules in order, the first match wins, then the default of the plane. Pure, and
 * the same function for the proxy, `policy explain`, `policy test` and the pages. Guards on ports stand
 * before the rules and cannot be relaxed by them; hosts come in canonical (guards/host-port.ts) and
 * addresses are judged later (guards/address-class.ts), because only the proxy resolves.
 */
import type { Action, CompiledList, CompiledPolicy, CompiledRule, Plane } from "./compiled.ts";
import { type EntryHit, EntryTable, ownKey } from "./entry-table.ts";
import type { HashKey } from "./index/hash.ts";
import type { ListIndex } from "./index/list-index.ts";
import { HostProbe } from "./index/probe.ts";
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

export interface Decision {
  readonly verdict: Action;
  /** Rule id, "default" or a guard. */
  readonly rule: string;
  readonly ruleName?: string;
  readonly ruleLine?: number;
  /** The included file that the rule stands in; absent: the main one. */
  readonly ruleFile?: string;
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
  readonly file?: string;
  readonly outcome: "matched" | PassedOver;
  readonly hit?: EntryHit;
}

/** Of big lists, by their SHA-256. */
export type ListIndexes = ReadonlyMap<string, ListIndex>;

/** A policy with its look-up tables; made once per version, never changed. */
export interface PreparedPolicy {
  readonly policy: CompiledPolicy;
  /** That its lists are looked up by. */
  readonly key: HashKey;
  readonly rules: readonly PreparedRule[];
  readonly terminalGroups: readonly { readonly group: string; readonly ranges: Ranges }[];
}

interface PreparedRule {
  readonly rule: CompiledRule;
  readonly isIsolated: boolean;
  readonly isTerminal: boolean;
  /** What it decides, but for the entry that was met. */
  readonly decision: Decision;
  /** The rule's own hosts, then its lists. */
  readonly tables: readonly EntryTable[];
  readonly terminals: Ranges | undefined;
}

/** Throws when the index of a big list is missing: a list that cannot be asked must not seem empty. */
export function preparePolicy(
  policy: CompiledPolicy,
  indexes: ListIndexes = new Map(),
): PreparedPolicy {
  const key = [...indexes.values()][0]?.key;
  const lists = new Map(policy.lists.map((list) => [list.id, makeTable(list, indexes, key)]));
  return {
    policy,
    key: key ?? ownKey,
    rules: policy.rules.map((rule) => ({
      rule,
      isIsolated: rule.planes.includes("isolated"),
      isTerminal: rule.planes.includes("terminal"),
      decision: ruleDecision(rule),
      tables: tablesOf(rule, lists, key),
      terminals: rule.terminals && parseRanges(rule.terminals),
    })),
    terminalGroups: policy.terminalGroups.map(({ group, ranges }) => ({
      group,
      ranges: parseRanges(ranges),
    })),
  };
}

function makeTable(list: CompiledList, indexes: ListIndexes, key: HashKey | undefined): EntryTable {
  if (!list.index) return new EntryTable(list, undefined, key);
  const index = indexes.get(list.index.sha256);
  if (!index) throw new Error(`the index of list ${list.id} is missing`);
  return new EntryTable(list, index);
}

function tablesOf(
  rule: CompiledRule,
  lists: ReadonlyMap<string, EntryTable>,
  key: HashKey | undefined,
): EntryTable[] {
  if (rule.to.kind === "any") return [];
  const { file, to } = rule;
  const table = () => new EntryTable(file === undefined ? to : { ...to, file }, undefined, key);
  const own = to.entries.length > 0 ? [table()] : [];
  return [...own, ...rule.to.lists.flatMap((id) => lists.get(id) ?? [])];
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
  const probe = new HostProbe(request.host, prepared.key);
  let would: string | undefined;
  for (const each of prepared.rules) {
    const { rule } = each;
    const outcome = tryRule(each, request, probe);
    if (trace) trace.push(stepOf(rule, outcome));
    if (!outcome.matched) continue;
    if (rule.mode === "report") {
      would ??= `${rule.action} ${rule.id}`;
      continue;
    }
    return asModeSays(policy, request.plane, withWould(withHit(each.decision, outcome.hit), would));
  }
  const verdict = policy.defaults[request.plane];
  return asModeSays(
    policy,
    request.plane,
    withWould({ verdict, rule: "default", reason: "default" }, would),
  );
}

function stepOf(rule: CompiledRule, outcome: RuleOutcome): TraceStep {
  const reportOnly = outcome.matched && rule.mode === "report";
  return {
    rule: rule.id,
    ...(rule.name !== undefined && { ruleName: rule.name }),
    line: rule.line,
    ...(rule.file !== undefined && { file: rule.file }),
    outcome: outcome.matched ? (reportOnly ? "report-only" : "matched") : outcome.why,
    ...(outcome.matched && outcome.hit && { hit: outcome.hit }),
  };
}

function withTerminalGroups(prepared: PreparedPolicy, request: PolicyRequest): PolicyRequest {
  if (request.terminal === undefined || prepared.terminalGroups.length === 0) return request;
  const groups = [...request.groups, ...groupsOfTerminal(prepared, request.terminal)];
  return { ...request, groups };
}

type RuleOutcome =
  | { readonly matched: true; readonly hit: EntryHit | undefined }
  | { readonly matched: false; readonly why: Why };

type Why = Exclude<PassedOver, "report-only">;
/** Made once: most rules are passed over, in every decision. */
const passed: Readonly<Record<Why, { readonly matched: false; readonly why: Why }>> = {
  plane: { matched: false, why: "plane" },
  terminal: { matched: false, why: "terminal" },
  group: { matched: false, why: "group" },
  expired: { matched: false, why: "expired" },
  time: { matched: false, why: "time" },
  port: { matched: false, why: "port" },
  path: { matched: false, why: "path" },
  host: { matched: false, why: "host" },
};
const matchedAny: RuleOutcome = { matched: true, hit: undefined };

function tryRule(
  { rule, isIsolated, isTerminal, tables, terminals }: PreparedRule,
  request: PolicyRequest,
  probe: HostProbe,
): RuleOutcome {
  if (!(request.plane === "isolated" ? isIsolated : isTerminal)) return passed.plane;
  if (terminals && !inRanges(terminals, request.terminal ?? "")) return passed.terminal;
  if (rule.groups && !rule.groups.some((group) => request.groups.includes(group))) {
    return passed.group;
  }
  if (rule.expiresAt !== undefined && request.at >= rule.expiresAt) return passed.expired;
  if (rule.when && !isWithin(rule.when, request.at)) return passed.time;
  if (rule.ports && !rule.ports.includes(request.port)) return passed.port;
  if (rule.paths && !isOnPath(rule.paths, request)) return passed.path;
  if (rule.to.kind === "any") return matchedAny;
  const hit = findHit(tables, request, probe);
  return hit ? { matched: true, hit } : passed.host;
}

/** Where the path is not visible the rule does not match, whatever it would do. */
function isOnPath(prefixes: readonly string[], { via, path }: PolicyRequest): boolean {
  if (via !== "http" || path === undefined) return false;
  const canonical = canonicalPath(path);
  return canonical !== undefined && prefixes.some((prefix) => isBelow(canonical, prefix));
}

function findHit(
  tables: readonly EntryTable[],
  request: PolicyRequest,
  probe: HostProbe,
): EntryHit | undefined {
  for (const table of tables) {
    if (table.expiresAt !== undefined && request.at >= table.expiresAt) continue;
    if (table.ports && !table.ports.includes(request.port)) continue;
    const hit = table.find(probe, request);
    if (hit) return hit;
  }
  return undefined;
}

function ruleDecision(rule: CompiledRule): Decision {
  return {
    verdict: rule.action,
    rule: rule.id,
    reason: "rule",
    ruleLine: rule.line,
    ...(rule.file !== undefined && { ruleFile: rule.file }),
    ...(rule.name !== undefined && { ruleName: rule.name }),
    ...(rule.message !== undefined && { message: rule.message }),
    ...(rule.owner !== undefined && { owner: rule.owner }),
    ...(rule.via !== undefined && { via: rule.via }),
  };
}

function withHit(decision: Decision, hit: EntryHit | undefined): Decision {
  if (!hit) return decision;
  const { list, line } = hit;
  return list === undefined ? { ...decision, line, hit } : { ...decision, list, line, hit };
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
