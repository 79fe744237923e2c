/**
 * A candidate policy over decisions that were really made: what would have changed, by host and by group.
 * Pure, one record at a time, in bounded memory. Both policies are asked afresh at the time of the record,
 * so that only the difference between them shows and not what was published in between. What a guard
 * behind the rules refused (addresses, names, TLS) stays refused whatever a rule says: counted apart.
 */
import { type Action, openness, type Plane } from "./compiled.ts";
import { decide, groupsOfTerminal, type PreparedPolicy } from "./match.ts";

export interface RecordedDecision {
  readonly at: number;
  readonly plane: Plane;
  readonly via: "connect" | "http";
  readonly host: string;
  readonly port: number;
  readonly groups: readonly string[];
  readonly verdict: Action;
  readonly rule: string;
  readonly terminal?: string;
  readonly path?: string;
}

export interface ReplayChange {
  readonly plane: Plane;
  readonly host: string;
  /** Joined by spaces; empty for somebody in no group. */
  readonly groups: string;
  readonly from: Action;
  readonly fromRule: string;
  readonly to: Action;
  readonly toRule: string;
  readonly count: number;
}

export interface ReplaySummary {
  readonly records: number;
  readonly fromMs: number | null;
  readonly toMs: number | null;
  readonly unchanged: number;
  readonly opened: number;
  readonly closed: number;
  /** Same openness, other way: direct instead of allowed, and the like. */
  readonly otherwise: number;
  /** Refused by something that no rule decides. */
  readonly beyondRules: number;
  /** Lines of the record that could not be read. */
  readonly unreadable: number;
  /** The most frequent first. */
  readonly changes: readonly ReplayChange[];
  readonly byGroup: readonly {
    readonly groups: string;
    readonly opened: number;
    readonly closed: number;
  }[];
  /** Changes of hosts beyond the number that is told one by one. */
  readonly untold: number;
}

/** Different changes that are told apart; a policy that closes everything must not fill the memory. */
const mostChanges = 20_000;
const shownChanges = 200;
const mostGroups = 1000;

export class Replay {
  readonly #current: PreparedPolicy;
  readonly #candidate: PreparedPolicy;
  readonly #changes = new Map<string, { change: Omit<ReplayChange, "count">; count: number }>();
  readonly #groups = new Map<string, { opened: number; closed: number }>();
  readonly #n = { records: 0, unchanged: 0, opened: 0, closed: 0, otherwise: 0 };
  #beyondRules = 0;
  #untold = 0;
  #unreadable = 0;
  #fromMs: number | null = null;
  #toMs: number | null = null;

  constructor(current: PreparedPolicy, candidate: PreparedPolicy) {
    this.#current = current;
    this.#candidate = candidate;
  }

  skip(): void {
    this.#unreadable += 1;
  }

  add(record: RecordedDecision): void {
    this.#n.records += 1;
    this.#fromMs = Math.min(this.#fromMs ?? record.at, record.at);
    this.#toMs = Math.max(this.#toMs ?? record.at, record.at);
    if (isBeyondRules(record)) {
      this.#beyondRules += 1;
      return;
    }
    const request = { ...record, user: "" };
    const before = decide(this.#current, request);
    const after = decide(this.#candidate, request);
    if (before.verdict === after.verdict) {
      this.#n.unchanged += 1;
      return;
    }
    const step = openness[after.verdict] - openness[before.verdict];
    const kind = step > 0 ? "opened" : step < 0 ? "closed" : "otherwise";
    this.#n[kind] += 1;
    const groups = this.#groupsOf(record);
    if (kind !== "otherwise") this.#countGroup(groups, kind);
    this.#tell({
      plane: record.plane,
      host: record.host,
      groups,
      from: before.verdict,
      fromRule: before.rule,
      to: after.verdict,
      toRule: after.rule,
    });
  }

  /** With the groups that the terminal itself puts its users in, as the policy in force has them. */
  #groupsOf({ groups, terminal }: RecordedDecision): string {
    const own = terminal === undefined ? [] : groupsOfTerminal(this.#current, terminal);
    return [...new Set([...groups, ...own])].join(" ");
  }

  summary(): ReplaySummary {
    const changes = [...this.#changes.values()].sort((a, b) => b.count - a.count);
    const shown = changes.slice(0, shownChanges);
    const rest = changes.slice(shownChanges).reduce((sum, { count }) => sum + count, 0);
    return {
      ...this.#n,
      fromMs: this.#fromMs,
      toMs: this.#toMs,
      beyondRules: this.#beyondRules,
      unreadable: this.#unreadable,
      changes: shown.map(({ change, count }) => ({ ...change, count })),
      byGroup: [...this.#groups].map(([groups, counts]) => ({ groups, ...counts })),
      untold: this.#untold + rest,
    };
  }

  #countGroup(groups: string, kind: "opened" | "closed"): void {
    const known = this.#groups.get(groups);
    if (known) known[kind] += 1;
    else if (this.#groups.size < mostGroups) {
      this.#groups.set(groups, { opened: 0, closed: 0, [kind]: 1 });
    }
  }

  #tell(change: Omit<ReplayChange, "count">): void {
    const { plane, host, groups, fromRule, toRule } = change;
    const key = `${plane} ${host} ${fromRule} ${toRule} ${groups}`;
    const known = this.#changes.get(key);
    if (known) known.count += 1;
    else if (this.#changes.size < mostChanges) this.#changes.set(key, { change, count: 1 });
    else this.#untold += 1;
  }
}

/** `guard.port` is decided by the policy; all other guards stand behind or before it. */
function isBeyondRules({ verdict, rule }: RecordedDecision): boolean {
  if (verdict !== "block") return false;
  return rule === "upstream" || (rule.startsWith("guard.") && rule !== "guard.port");
}
