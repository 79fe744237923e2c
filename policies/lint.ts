/**
 * What a policy says that its writer hardly means: rules that are never reached, entries that another one
 * takes, repeats, things past their day, names that open half the internet, lists and groups with nothing
 * in them. Each finding says where it stands and what to do. Pure; a finding never changes a verdict.
 */
import { dirname, join } from "node:path";
import { widthOf } from "./compile/broad.ts";
import type { CompiledRule } from "./compiled.ts";
import { Coverage, entriesOfRule, entryCovered, excepts } from "./lint-cover.ts";
import type { ListedEntry, PolicySource } from "./lint-source.ts";

export const lintCodes = [
  "unreachable",
  "shadowed",
  "duplicate",
  "expired",
  "over-broad",
  "empty",
  "unused",
  "not-checked",
] as const;
export type LintCode = (typeof lintCodes)[number];

export interface LintFinding {
  readonly code: LintCode;
  readonly file: string;
  readonly line: number;
  /** The rule or list it is about. */
  readonly about: string;
  readonly ja: string;
  readonly en: string;
}

export interface LintOptions {
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** How many people are in each group, where somebody knows. */
  readonly members?: ReadonlyMap<string, number>;
}

/** Of one kind in one rule or list; what comes on top is counted in one more finding. */
const mostAlike = 20;

export function lintPolicy(source: PolicySource, options: LintOptions): LintFinding[] {
  return [
    ...reachability(source, options.now),
    ...repeats(source),
    ...pastTheirDay(source, options.now),
    ...tooBroad(source),
    ...emptyOrUnused(source, options.members),
  ];
}

function reachability(source: PolicySource, now: number): LintFinding[] {
  const coverage = new Coverage(source);
  return source.policy.rules.flatMap((rule) => {
    if (rule.expiresAt !== undefined && now >= rule.expiresAt) return [];
    return reachOfRule(source, coverage, rule);
  });
}

function reachOfRule(source: PolicySource, coverage: Coverage, rule: CompiledRule): LintFinding[] {
  const entries = entriesOfRule(source, rule);
  const takers = new Set<string>();
  const shadowed = new Map<ListedEntry, CompiledRule>();
  let reached = false;
  for (const plane of rule.planes) {
    const above = coverage.above(rule, plane);
    const all = coverage.takesAll(above);
    if (all) {
      takers.add(all.id);
      continue;
    }
    if (!entries || entries.length === 0) {
      reached = true;
      continue;
    }
    for (const each of entries) {
      const taker = coverage.taker(above, each.entry);
      if (!taker) reached = true;
      else {
        takers.add(taker.id);
        if (taker.action !== rule.action) shadowed.set(each, taker);
      }
    }
  }
  if (!reached && takers.size > 0) return [unreachable(source, rule, [...takers])];
  return limited(
    [...shadowed].map(([entry, taker]) => shadow(rule, entry, taker)),
    { source, rule },
  );
}

function unreachable(
  source: PolicySource,
  rule: CompiledRule,
  takers: readonly string[],
): LintFinding {
  const by = takers.join(", ");
  return {
    code: "unreachable",
    ...placeOfRule(source, rule),
    about: rule.id,
    ja: `規則 ${rule.id} には届きません。先にある ${by} がすべて決めています。${rule.id} を上に移すか、消してください。`,
    en: `Rule ${rule.id} is never reached: ${by} before it decides everything. Move ${rule.id} up or remove it.`,
  };
}

function shadow(rule: CompiledRule, entry: ListedEntry, taker: CompiledRule): LintFinding {
  return {
    code: "shadowed",
    file: entry.file,
    line: entry.line,
    about: rule.id,
    ja: `「${entry.entry}」は規則 ${rule.id} では効きません。先にある ${taker.id} (${taker.action}) が決めています。どちらかから外してください。`,
    en: `"${entry.entry}" has no effect in rule ${rule.id}: ${taker.id} (${taker.action}) before it decides. Take it out of one of them.`,
  };
}

function limited(
  findings: readonly LintFinding[],
  { source, rule }: { readonly source: PolicySource; readonly rule: CompiledRule },
): LintFinding[] {
  if (findings.length <= mostAlike) return [...findings];
  const more = findings.length - mostAlike;
  return [
    ...findings.slice(0, mostAlike),
    {
      code: "shadowed",
      ...placeOfRule(source, rule),
      about: rule.id,
      ja: `規則 ${rule.id} には、同じように効かない項目がほかに ${more} 件あります。`,
      en: `Rule ${rule.id} has ${more} more entries without effect.`,
    },
  ];
}

function repeats(source: PolicySource): LintFinding[] {
  return [...source.lists].flatMap(([id, entries]) => {
    if (entries === "not-listed") return [notChecked(source, id)];
    const first = new Map<string, number>();
    const hasExceptions = excepts(entries);
    const lasting = new Set(entries.filter(({ expires }) => !expires).map(({ entry }) => entry));
    const found: LintFinding[] = [];
    for (const { entry, file, line } of entries) {
      if (found.length >= mostAlike) break;
      const before = first.get(entry);
      first.set(entry, before ?? line);
      if (before !== undefined) found.push(repeat(id, file, line, entry, before));
      else if (!hasExceptions && coveredByOther(lasting, entry))
        found.push(covered(id, file, line, entry));
    }
    return found;
  });
}

function coveredByOther(lasting: Set<string>, entry: string): boolean {
  const own = lasting.delete(entry);
  const isCovered = entryCovered(lasting, entry);
  if (own) lasting.add(entry);
  return isCovered;
}

function repeat(
  about: string,
  file: string,
  line: number,
  entry: string,
  before: number,
): LintFinding {
  return {
    code: "duplicate",
    file,
    line,
    about,
    ja: `「${entry}」は ${before} 行目にもあります。この行を消してください。`,
    en: `"${entry}" stands on line ${before} already. Remove this line.`,
  };
}

function covered(about: string, file: string, line: number, entry: string): LintFinding {
  return {
    code: "duplicate",
    file,
    line,
    about,
    ja: `「${entry}」は、同じリストのもっと広い項目に含まれています。どちらかを消してください。`,
    en: `"${entry}" is part of a wider entry of the same list. Remove one of them.`,
  };
}

function notChecked(source: PolicySource, about: string): LintFinding {
  return {
    code: "not-checked",
    ...source.placeOf(["lists", about]),
    about,
    ja: `リスト ${about} は大きいため、項目ごとの重なりは調べていません。`,
    en: `List ${about} is too big: its entries were not compared one by one.`,
  };
}

function pastTheirDay(source: PolicySource, now: number): LintFinding[] {
  const { policy, lists } = source;
  const over = ({ expiresAt }: { readonly expiresAt?: number | undefined }) =>
    expiresAt !== undefined && now >= expiresAt;
  const rules = policy.rules.filter(over).map(
    (rule): LintFinding => ({
      code: "expired",
      ...placeOfRule(source, rule),
      about: rule.id,
      ja: `規則 ${rule.id} は期限が切れていて、働いていません。expires: を延ばすか、消してください。`,
      en: `Rule ${rule.id} has expired and does nothing. Give it a later "expires:" or remove it.`,
    }),
  );
  const whole = policy.lists.filter(over).map(
    ({ id }): LintFinding => ({
      code: "expired",
      ...source.placeOf(["lists", id]),
      about: id,
      ja: `リスト ${id} は期限が切れていて、何にも一致しません。expires: を延ばすか、消してください。`,
      en: `List ${id} has expired and matches nothing. Give it a later "expires:" or remove it.`,
    }),
  );
  const entries = [...lists].flatMap(([id, listed]) =>
    listed === "not-listed"
      ? []
      : listed
          .filter(({ expiresAt }) => expiresAt !== undefined && now >= expiresAt)
          .slice(0, mostAlike)
          .map((entry) => pastEntry(id, entry)),
  );
  return [...rules, ...whole, ...entries];
}

function pastEntry(about: string, { entry, file, line }: ListedEntry): LintFinding {
  return {
    code: "expired",
    ...{ file, line, about },
    ja: `「${entry}」は期限が切れていて、働いていません。@expires= を延ばすか、この行を消してください。`,
    en: `"${entry}" has expired and does nothing. Give it a later "@expires=" or remove this line.`,
  };
}

/** Where a rule stands: in the main file, or in an included one. */
function placeOfRule(
  { file }: PolicySource,
  rule: CompiledRule,
): { readonly file: string; readonly line: number } {
  return { file: rule.file === undefined ? file : join(dirname(file), rule.file), line: rule.line };
}

function tooBroad(source: PolicySource): LintFinding[] {
  return source.policy.rules
    .filter(({ action, mode }) => action !== "block" && action !== "isolate" && mode === "enforce")
    .flatMap((rule) => {
      if (rule.to.kind === "any") {
        return rule.groups || rule.terminals || rule.when ? [] : [opensAll(source, rule)];
      }
      const entries = entriesOfRule(source, rule) ?? [];
      return entries
        .filter(({ entry }) => widthOf(entry) !== undefined)
        .slice(0, mostAlike)
        .map((each) => broad(rule, each));
    });
}

function opensAll(source: PolicySource, rule: CompiledRule): LintFinding {
  return {
    code: "over-broad",
    ...placeOfRule(source, rule),
    about: rule.id,
    ja: `規則 ${rule.id} は、すべての人にすべてのサイトを開きます。そのつもりでなければ、from: か to: で絞ってください。`,
    en: `Rule ${rule.id} opens every site to everybody. Unless that is meant, narrow it with "from:" or "to:".`,
  };
}

function broad(rule: CompiledRule, { entry, file, line }: ListedEntry): LintFinding {
  return {
    code: "over-broad",
    file,
    line,
    about: rule.id,
    ja: `「${entry}」の下には、だれでもサイトを置けます。必要な名前だけを書いてください。`,
    en: `Anybody can put a site below "${entry}". Write only the names that are needed.`,
  };
}

function emptyOrUnused(
  { policy, lists, placeOf }: PolicySource,
  members: ReadonlyMap<string, number> | undefined,
): LintFinding[] {
  const usedLists = new Set(policy.rules.flatMap(({ to }) => (to.kind === "any" ? [] : to.lists)));
  const usedGroups = new Set(
    [...policy.rules, ...(policy.rights ?? [])].flatMap(({ groups = [] }) => groups),
  );
  const found: LintFinding[] = [];
  let section = "lists";
  const add = (code: LintCode, about: string, ja: string, en: string) =>
    void found.push({ code, ...placeOf([section, about]), about, ja, en });
  for (const { id } of policy.lists) {
    if (!usedLists.has(id)) {
      add(
        "unused",
        id,
        `リスト ${id} を使う規則がありません。規則に書くか、消してください。`,
        `No rule uses list ${id}. Name it in a rule or remove it.`,
      );
    } else if (lists.get(id)?.length === 0) {
      add(
        "empty",
        id,
        `リスト ${id} は空です。項目を書くまで、何にも一致しません。`,
        `List ${id} is empty and matches nothing until entries are written.`,
      );
    }
  }
  section = "groups";
  for (const group of policy.groups) {
    if (!usedGroups.has(group)) {
      add(
        "unused",
        group,
        `グループ ${group} を使う規則がありません。規則に書くか、消してください。`,
        `No rule uses group ${group}. Name it in a rule or remove it.`,
      );
    } else if (members?.get(group) === 0) {
      add(
        "empty",
        group,
        `グループ ${group} にはだれもいません。利用者に付けるか、規則から外してください。`,
        `Nobody is in group ${group}. Give it to somebody or take it out of the rules.`,
      );
    }
  }
  return found;
}
