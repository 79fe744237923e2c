/**
 * When one rule leaves nothing over for another: the reasoning behind "unreachable" and "shadowed". Pure.
 * It only ever says "covered" when no request at all could slip through: a condition it cannot compare
 * counts as not covering. The other direction, a rule that is never reached without this noticing, exists.
 */
import { dirname, join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { CompiledRule, Plane } from "./compiled.ts";
import type { ListedEntry, PolicySource } from "./lint-source.ts";

/** Entries of a rule that hold for good and on every port: what may stand in another's way. */
interface Standing {
  readonly any: boolean;
  readonly entries: ReadonlySet<string>;
}

export class Coverage {
  readonly #source: PolicySource;
  readonly #standing = new Map<string, Standing>();
  readonly #listSets = new Map<string, ReadonlySet<string>>();

  constructor(source: PolicySource) {
    this.#source = source;
  }

  /** Rules before `rule` that would take every request of `plane` that its conditions let in. */
  above(rule: CompiledRule, plane: Plane): CompiledRule[] {
    const { rules } = this.#source.policy;
    return rules
      .slice(0, rules.indexOf(rule))
      .filter((earlier) => earlier.planes.includes(plane) && conditionsCover(earlier, rule));
  }

  /** The first of `rules` that matches every host that `entry` matches. */
  taker(rules: readonly CompiledRule[], entry: string): CompiledRule | undefined {
    return rules.find((rule) => {
      const standing = this.#standingOf(rule);
      return standing.any || entryCovered(standing.entries, entry);
    });
  }

  takesAll(rules: readonly CompiledRule[]): CompiledRule | undefined {
    return rules.find((rule) => rule.to.kind === "any");
  }

  #standingOf(rule: CompiledRule): Standing {
    const known = this.#standing.get(rule.id);
    if (known) return known;
    const made = this.#makeStanding(rule);
    this.#standing.set(rule.id, made);
    return made;
  }

  #makeStanding(rule: CompiledRule): Standing {
    if (rule.to.kind === "any") return { any: true, entries: new Set() };
    const sets = rule.to.lists.map((id) => this.#standingList(id));
    const [only] = sets;
    // The usual rule has one list and nothing else: no second copy of a big set.
    if (only && sets.length === 1 && rule.to.entries.length === 0) {
      return { any: false, entries: only };
    }
    const all = new Set<string>(
      holdsForGood(rule.to.entries, rule.to.expiries) ? rule.to.entries : [],
    );
    for (const set of sets) for (const entry of set) all.add(entry);
    return { any: false, entries: all };
  }

  #standingList(id: string): ReadonlySet<string> {
    const known = this.#listSets.get(id);
    if (known) return known;
    const list = this.#source.policy.lists.find((each) => each.id === id);
    const entries = this.#source.lists.get(id);
    const passing = list === undefined || list.expiresAt !== undefined || list.ports !== undefined;
    const set = new Set<string>(
      passing || entries === undefined || entries === "not-listed" || excepts(entries)
        ? []
        : entries.filter(({ expires }) => !expires).map(({ entry }) => entry),
    );
    this.#listSets.set(id, set);
    return set;
  }
}

function holdsForGood(entries: readonly string[], expiries: unknown): boolean {
  return expiries === undefined && !entries.some((entry) => entry.startsWith("!"));
}

/** With exceptions in it, no entry says for sure what the list takes. */
export function excepts(entries: readonly ListedEntry[]): boolean {
  return entries.some(({ entry }) => entry.startsWith("!"));
}

/** Every entry that a rule matches by, with its place; undefined when not all of them are known. */
export function entriesOfRule(
  source: PolicySource,
  rule: CompiledRule,
): readonly ListedEntry[] | undefined {
  if (rule.to.kind === "any") return undefined;
  const { entries, lines, lists } = rule.to;
  const all: ListedEntry[] = entries.map((entry, index) => ({
    entry,
    file: rule.file === undefined ? source.file : join(dirname(source.file), rule.file),
    line: lines[index] ?? rule.line,
    expires: false,
  }));
  for (const id of lists) {
    const listed = source.lists.get(id);
    if (listed === undefined || listed === "not-listed") return undefined;
    for (const each of listed) all.push(each);
  }
  return all;
}

/** Whenever `later` would look at a host, `earlier` would have looked at it before. */
function conditionsCover(earlier: CompiledRule, later: CompiledRule): boolean {
  const within = <T>(wide: readonly T[] | undefined, narrow: readonly T[] | undefined) =>
    wide === undefined || (narrow !== undefined && narrow.every((each) => wide.includes(each)));
  const same = (wide: unknown, narrow: unknown) =>
    wide === undefined || isDeepStrictEqual(wide, narrow);
  return (
    earlier.mode === "enforce" &&
    within(earlier.groups, later.groups) &&
    within(earlier.ports, later.ports) &&
    within(earlier.terminals, later.terminals) &&
    within(earlier.paths, later.paths) &&
    same(earlier.when, later.when) &&
    lastsAsLong(earlier.expiresAt, later.expiresAt)
  );
}

function lastsAsLong(earlier: number | undefined, later: number | undefined): boolean {
  return earlier === undefined || (later !== undefined && earlier >= later);
}

/** Whether some entry of `set` matches every host that `entry` matches. */
export function entryCovered(set: ReadonlySet<string>, entry: string): boolean {
  if (set.has(entry)) return true;
  const form = /^(\.|\*\.)?([a-z0-9_-]+(?:\.[a-z0-9_-]+)*)$/.exec(entry);
  const name = form?.[2];
  // Addresses, ranges and URL beginnings are covered by themselves alone.
  if (name === undefined || /^[\d.]+$/.test(name)) return false;
  if (set.has(`.${name}`)) return true;
  for (let dot = name.indexOf("."); dot !== -1; dot = name.indexOf(".", dot + 1)) {
    const above = name.slice(dot + 1);
    if (set.has(`.${above}`) || set.has(`*.${above}`)) return true;
  }
  return false;
}
