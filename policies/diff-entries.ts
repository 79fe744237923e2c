/**
 * The entries that a difference between two policies can reach: those that only one of them has, those of
 * lists and rules that differ otherwise, and those that stand below such a one, because what was decided
 * there may now be decided by them. Pure; bounded, and says what the bound left out.
 */
import { isDeepStrictEqual } from "node:util";
import type { CompiledList, CompiledPolicy } from "./compiled.ts";
import { changedRules } from "./diff-rules.ts";
import type { Sentence } from "./diff.ts";
import { entryCovered } from "./lint-cover.ts";
import type { Entries, PolicySource } from "./lint-source.ts";

const mostEntries = 3000;
/** A host that no list has: stands for everything that is not listed. */
export const unlisted = "not-listed.hanare-probe.invalid";

export function differ(
  before: CompiledPolicy,
  after: CompiledPolicy,
  key: keyof CompiledPolicy,
): boolean {
  return !isDeepStrictEqual(before[key], after[key]);
}

export function reachedEntries(
  before: PolicySource,
  after: PolicySource,
): { readonly entries: ReadonlySet<string>; readonly limits: readonly Sentence[] } {
  const changed = new Set([unlisted, ...changedListEntries(before, after)]);
  const rules = changedRules(before.policy, after.policy);
  for (const { rule, isNew } of rules)
    for (const entry of entriesOfRule(isNew ? after : before, rule.to)) changed.add(entry);
  const all =
    rules.some(({ rule }) => rule.to.kind === "any") ||
    differ(before.policy, after.policy, "mode") ||
    portsDiffer(before.policy, after.policy);
  const entries = new Set(changed);
  for (const source of [before, after])
    for (const { to } of source.policy.rules)
      for (const entry of entriesOfRule(source, to))
        if (all || entryCovered(changed, bare(entry))) entries.add(entry);
  const limits = [
    ...unknownLists(before, after, all).map(bigList),
    ...(entries.size > mostEntries ? [tooMany] : []),
  ];
  return { entries: new Set([...entries].slice(0, mostEntries)), limits };
}

/** The name alone: without exception, without path. */
const bare = (entry: string) => entry.replace(/^!/, "").replace(/\/.*$/, "");

const portsDiffer = ({ guards: a }: CompiledPolicy, { guards: b }: CompiledPolicy) =>
  !isDeepStrictEqual([a.connectPorts, a.httpPorts], [b.connectPorts, b.httpPorts]);

function* changedListEntries(before: PolicySource, after: PolicySource): Generator<string> {
  for (const id of new Set([...before.lists.keys(), ...after.lists.keys()])) {
    const [old, fresh] = [listOf(before, id), listOf(after, id)];
    if (isDeepStrictEqual(withoutLines(old), withoutLines(fresh))) continue;
    const [had, has] = [heldBy(before, id), heldBy(after, id)];
    const sameTerms = isDeepStrictEqual(
      [old?.expiresAt, old?.ports],
      [fresh?.expiresAt, fresh?.ports],
    );
    if (sameTerms) yield* onlyInOne(had.lasting, has.lasting);
    else yield* [...had.lasting, ...has.lasting];
    yield* [...had.ending, ...has.ending, ...had.edits, ...has.edits];
  }
}

/** What is new comes first. */
function* onlyInOne(had: ReadonlySet<string>, has: ReadonlySet<string>): Generator<string> {
  for (const entry of has) if (!had.has(entry)) yield entry;
  for (const entry of had) if (!has.has(entry)) yield entry;
}

const listOf = ({ policy }: PolicySource, id: string) =>
  policy.lists.find((each) => each.id === id);

const withoutLines = (list: CompiledList | undefined) =>
  list && { ...list, lines: [], ...(list.edits && { edits: { ...list.edits, lines: [] } }) };

interface Held {
  readonly lasting: ReadonlySet<string>;
  /** Entries with a last day: the day may differ. */
  readonly ending: readonly string[];
  readonly edits: readonly string[];
}

/** Of a list that is not listed, what its index leaves beside itself. */
function heldBy(source: PolicySource, id: string): Held {
  const list = listOf(source, id);
  const listed: Entries = source.lists.get(id) ?? [];
  const ends = new Set(list?.expiries?.map(([index]) => index));
  const held =
    listed === "not-listed"
      ? (list?.entries ?? []).map((entry, index) => ({ entry, expires: ends.has(index) }))
      : listed;
  return {
    lasting: new Set(held.filter(({ expires }) => !expires).map(({ entry }) => entry)),
    ending: held.filter(({ expires }) => expires).map(({ entry }) => entry),
    edits: list?.edits?.entries ?? [],
  };
}

function* entriesOfRule(
  source: PolicySource,
  to: CompiledPolicy["rules"][number]["to"],
): Generator<string> {
  if (to.kind === "any") return;
  yield* to.entries;
  for (const id of to.lists) {
    const { lasting, ending, edits } = heldBy(source, id);
    yield* lasting;
    yield* ending;
    yield* edits;
  }
}

/** Lists that a difference reaches and whose entries are not known one by one. */
function unknownLists(before: PolicySource, after: PolicySource, all: boolean): string[] {
  const inRules = changedRules(before.policy, after.policy).flatMap(({ rule: { to } }) =>
    to.kind === "any" ? [] : to.lists,
  );
  return [...new Set([...before.lists.keys(), ...after.lists.keys()])].filter((id) => {
    const [old, fresh] = [listOf(before, id), listOf(after, id)];
    const isUnknown = [before, after].some(
      (source) => source.lists.get(id) === "not-listed" && listOf(source, id)?.index,
    );
    const isReached = all || inRules.includes(id) || old?.index?.sha256 !== fresh?.index?.sha256;
    return isUnknown && isReached;
  });
}

const tooMany: Sentence = {
  ja: `関わる項目が多いため、初めの ${mostEntries} 件だけを調べました。`,
  en: `Many entries are concerned; only the first ${mostEntries} were tried.`,
};

function bigList(id: string): Sentence {
  return {
    ja: `リスト ${id} は大きいため、項目ごとには比べていません。`,
    en: `List ${id} is too big to be compared entry by entry.`,
  };
}
