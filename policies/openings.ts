/**
 * What would open a refused request: which entries, in which lists that take edits. Nothing is guessed: each
 * way is tried by deciding the request anew with the entries in place, so that what an approver is offered
 * does open it, and what no list can open is said beforehand. Pure.
 */
import type { Action, CompiledList, CompiledRule } from "./compiled.ts";
import { openness } from "./compiled.ts";
import type { EntryTable } from "./entry-table.ts";
import { type Decision, decide, type PolicyRequest, type PreparedPolicy } from "./match.ts";

/** An entry, or an exception (`!`), to be added to a list. */
export interface Addition {
  readonly list: string;
  readonly entry: string;
}

export interface Opening {
  /** Names the lists, not the entry: "allow", "!deny" or "!deny allow". */
  readonly id: string;
  readonly additions: readonly Addition[];
  readonly verdict: Action;
  /** The rule that then decides. */
  readonly rule: string;
  readonly ruleName?: string;
  /** For whom that rule opens it; empty: everybody. */
  readonly groups: readonly string[];
}

export type Outlook =
  | { readonly state: "open"; readonly decision: Decision }
  | {
      readonly state: "askable";
      readonly decision: Decision;
      readonly openings: readonly Opening[];
    }
  | {
      readonly state: "never";
      readonly decision: Decision;
      /** A guard, a rule with `appeal: none`, or no list whose entries would help. */
      readonly why: "guard" | "final" | "no-list";
    };

/** @param entry of the host itself or of a parent of it, as list-entry.ts writes it */
export function outlook(prepared: PreparedPolicy, request: PolicyRequest, entry: string): Outlook {
  const decision = decide(prepared, request);
  if (opens(decision)) return { state: "open", decision };
  if (decision.rule.startsWith("guard.")) return { state: "never", decision, why: "guard" };
  if (isFinal(prepared, decision)) return { state: "never", decision, why: "final" };
  const openings = waysOut(prepared, request, decision, entry);
  return openings.length === 0
    ? { state: "never", decision, why: "no-list" }
    : { state: "askable", decision, openings };
}

const opens = ({ verdict }: Decision): boolean => openness[verdict] > 0;

function ruleOf({ policy }: PreparedPolicy, { rule }: Decision): CompiledRule | undefined {
  return policy.rules.find(({ id }) => id === rule);
}

/** Nobody can ask for what this rule blocks. */
export function isFinal(prepared: PreparedPolicy, decision: Decision): boolean {
  return ruleOf(prepared, decision)?.appeal === "none";
}

/** Who answers for a decision: the rule's owner, else the owner of the list that was hit. */
export function ownerOf({ policy }: PreparedPolicy, decision: Decision): string | undefined {
  return decision.owner ?? policy.lists.find(({ id }) => id === decision.list)?.owner;
}

/** The fewest additions first. */
function waysOut(
  prepared: PreparedPolicy,
  request: PolicyRequest,
  decision: Decision,
  entry: string,
): Opening[] {
  const editable = prepared.policy.lists.filter(({ takesEdits }) => takesEdits === true);
  const adds = editable
    .filter((list) => list.effect !== "deny" && isUsedToOpen(prepared, list))
    .map(({ id }) => ({ list: id, entry }));
  const hit = editable.find(({ id }) => id === decision.list);
  const except = hit && { list: hit.id, entry: `!${entry}` };
  const single = [...(except ? [[except]] : []), ...adds.map((add) => [add])];
  const found = single.flatMap((additions) => tried(prepared, request, additions));
  if (found.length > 0 || !except) return found;
  return adds
    .filter(({ list }) => list !== except.list)
    .flatMap((add) => tried(prepared, request, [except, add]));
}

function isUsedToOpen({ policy }: PreparedPolicy, { id }: CompiledList): boolean {
  const using = policy.rules.filter(({ to }) => to.kind === "hosts" && to.lists.includes(id));
  return (
    using.some(({ action }) => openness[action] > 0) &&
    using.every(({ action }) => openness[action] > 0)
  );
}

function tried(
  prepared: PreparedPolicy,
  request: PolicyRequest,
  additions: readonly Addition[],
): Opening[] {
  const decision = decide(withAdditions(prepared, additions), request);
  if (!opens(decision)) return [];
  const rule = ruleOf(prepared, decision);
  return [
    {
      id: additions.map(({ list, entry }) => (entry.startsWith("!") ? `!${list}` : list)).join(" "),
      additions,
      verdict: decision.verdict,
      rule: decision.rule,
      ...(decision.ruleName !== undefined && { ruleName: decision.ruleName }),
      groups: rule?.groups ?? [],
    },
  ];
}

/** The policy as it would be with some entries more; rules that ask other lists stay the same objects. */
export function withAdditions(
  prepared: PreparedPolicy,
  additions: readonly Addition[],
): PreparedPolicy {
  const isChanged = (id: string | undefined) => additions.some(({ list }) => list === id);
  const rules = prepared.rules.map((each) =>
    each.tables.some(({ id }) => isChanged(id))
      ? { ...each, tables: each.tables.map((table) => withEntries(table, additions)) }
      : each,
  );
  return { ...prepared, rules };
}

function withEntries(table: EntryTable, additions: readonly Addition[]): EntryTable {
  return additions
    .filter(({ list }) => list === table.id)
    .reduce((changed, { entry }) => changed.with(entry), table);
}
