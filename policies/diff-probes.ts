/**
 * The questions that a comparison of two policies asks both of them: for every entry that only one of them
 * has, and for every rule that differs, on both planes, for each group alone and for nobody's group, inside
 * and outside of each time window. Pure; bounded, and says what the bound left out.
 */
import { isDeepStrictEqual } from "node:util";
import type { CompiledPolicy, CompiledRule, Plane, When } from "./compiled.ts";
import { planes } from "./compiled.ts";
import type { Sentence } from "./diff.ts";
import type { Entries, PolicySource } from "./lint-source.ts";
import type { PolicyRequest } from "./match.ts";
import { isWithin } from "./time-window.ts";

export interface Probe {
  readonly request: PolicyRequest;
  /** What the request stands for, as it is written in the policy. */
  readonly entry: string;
  readonly group: string | null;
  /** Set when the question is about another time than now. */
  readonly when?: Sentence;
}

export interface Probes {
  readonly probes: Iterable<Probe>;
  readonly limits: readonly Sentence[];
}

const mostEntries = 3000;
const mostGroups = 40;
/** A host that no list has: stands for everything that is not listed. */
const unlisted = "not-listed.hanare-probe.example";
const child = "hanare-probe";

export function makeProbes(before: PolicySource, after: PolicySource, now: number): Probes {
  const limits: Sentence[] = [];
  const entries = changedEntries(before, after, limits);
  const groups = groupsOf(before.policy, after.policy, limits);
  const times = timesOf(before.policy, after.policy, now);
  const terminals = changedRules(before.policy, after.policy).some(({ rule }) => rule.terminals);
  if (terminals) limits.push(terminalLimit);
  if (changedRules(before.policy, after.policy).some(({ rule }) => rule.paths)) {
    limits.push(pathLimit);
  }
  if (!isDeepStrictEqual(addressGuards(before.policy), addressGuards(after.policy))) {
    limits.push(addressLimit);
  }
  return { probes: ask(entries, groups, times, portsOf(before.policy, after.policy)), limits };
}

function* ask(
  entries: ReadonlySet<string>,
  groups: readonly (string | null)[],
  times: readonly Time[],
  ports: readonly Pick<PolicyRequest, "port" | "via">[],
): Generator<Probe> {
  for (const entry of entries) {
    for (const host of hostsFor(entry)) {
      for (const plane of planes) {
        for (const group of groups) {
          for (const { at, when } of times) {
            for (const port of ports) {
              const request = requestOf(plane, group, host, at, port);
              yield { request, entry: nameOf(entry), group, ...(when && { when }) };
            }
          }
        }
      }
    }
  }
}

function requestOf(
  plane: Plane,
  group: string | null,
  host: string,
  at: number,
  port: Pick<PolicyRequest, "port" | "via">,
): PolicyRequest {
  return { plane, user: "", groups: group === null ? [] : [group], host, at, ...port };
}

const nameOf = (entry: string) =>
  entry === unlisted ? "リストにないサイト / unlisted sites" : entry;

/** A name itself, and one below it where the entry reaches there. */
function hostsFor(entry: string): string[] {
  const [, form = "", rest = ""] = /^!?(\*\.|\.)?(.*)$/.exec(entry) ?? [];
  const host = rest.replace(/^[a-z]+:\/\//, "").replace(/[/:].*$/, "");
  if (form === "*.") return [`${child}.${host}`];
  return form === "." ? [host, `${child}.${host}`] : [host];
}

function changedEntries(
  before: PolicySource,
  after: PolicySource,
  limits: Sentence[],
): ReadonlySet<string> {
  const entries = new Set<string>([unlisted]);
  const take = (entry: string) => {
    if (entries.size >= mostEntries) return false;
    entries.add(entry);
    return true;
  };
  let whole = true;
  for (const id of new Set([...before.lists.keys(), ...after.lists.keys()])) {
    const [old, fresh] = [before.lists.get(id), after.lists.get(id)];
    if (old === "not-listed" || fresh === "not-listed") limits.push(bigList(id));
    for (const entry of onlyInOne(old, fresh)) whole = take(entry) && whole;
  }
  for (const { rule, source } of changedRules(before.policy, after.policy).map(
    ({ rule, isNew }) => ({
      rule,
      source: isNew ? after : before,
    }),
  )) {
    if (rule.to.kind === "any") continue;
    for (const entry of rule.to.entries) whole = take(entry) && whole;
    for (const id of rule.to.lists) {
      const listed = source.lists.get(id);
      if (listed === undefined || listed === "not-listed") continue;
      for (const { entry } of listed) {
        if (take(entry)) continue;
        whole = false;
        break;
      }
    }
  }
  if (!whole) limits.push(tooMany);
  return entries;
}

export function* onlyInOne(
  old: Entries | undefined = [],
  fresh: Entries | undefined = [],
): Generator<string> {
  if (old === "not-listed" || fresh === "not-listed") return;
  const had = new Set(old.map(({ entry }) => entry));
  const has = new Set(fresh.map(({ entry }) => entry));
  for (const entry of has) if (!had.has(entry)) yield entry;
  for (const entry of had) if (!has.has(entry)) yield entry;
}

/** Rules that are new, gone, changed or moved, each as it stands where it stands. */
export function changedRules(
  before: CompiledPolicy,
  after: CompiledPolicy,
): { readonly rule: CompiledRule; readonly isNew: boolean }[] {
  const plain = (rule: CompiledRule) => ({ ...rule, line: 0, to: { ...rule.to, lines: [] } });
  const differs = (
    rule: CompiledRule,
    others: readonly CompiledRule[],
    own: readonly CompiledRule[],
  ) => {
    const other = others.find(({ id }) => id === rule.id);
    if (!other || !isDeepStrictEqual(plain(rule), plain(other))) return true;
    const order = (rules: readonly CompiledRule[], theirs: readonly CompiledRule[]) =>
      rules
        .slice(
          0,
          rules.findIndex(({ id }) => id === rule.id),
        )
        .map(({ id }) => id)
        .filter((id) => theirs.some((each) => each.id === id));
    return !isDeepStrictEqual(order(own, others), order(others, own));
  };
  return [
    ...after.rules
      .filter((rule) => differs(rule, before.rules, after.rules))
      .map((rule) => ({ rule, isNew: true })),
    ...before.rules
      .filter((rule) => differs(rule, after.rules, before.rules))
      .map((rule) => ({ rule, isNew: false })),
  ];
}

function groupsOf(
  before: CompiledPolicy,
  after: CompiledPolicy,
  limits: Sentence[],
): (string | null)[] {
  const named = new Set([...before.rules, ...after.rules].flatMap(({ groups = [] }) => groups));
  limits.push(...(named.size > 1 ? [groupLimit] : []));
  if (named.size > mostGroups) limits.push(manyGroups);
  return [null, ...[...named].slice(0, mostGroups)];
}

interface Time {
  readonly at: number;
  readonly when?: Sentence;
}

/** Now, and one instant inside and one outside of each window that either policy has. */
function timesOf(before: CompiledPolicy, after: CompiledPolicy, now: number): Time[] {
  const windows = new Map<string, When>();
  for (const { when } of [...before.rules, ...after.rules])
    if (when) windows.set(JSON.stringify(when), when);
  const times: Time[] = [{ at: now }];
  for (const window of windows.values()) {
    for (const inside of [true, false]) {
      const at = search(window, now, inside);
      if (at === undefined || isWithin(window, now) === inside) continue;
      times.push({ at, when: describeTime(at, window.tz) });
    }
  }
  return times;
}

function search(window: When, now: number, inside: boolean): number | undefined {
  const stepMs = 15 * 60_000;
  for (let at = now; at < now + 8 * 86_400_000; at += stepMs)
    if (isWithin(window, at) === inside) return at;
  return undefined;
}

function describeTime(at: number, timeZone: string): Sentence {
  const format = (language: string) =>
    new Intl.DateTimeFormat(language, {
      timeZone,
      weekday: "short",
      hour: "2-digit",
      minute: "2-digit",
      hourCycle: "h23",
    }).format(at);
  return { ja: `${format("ja-JP")} の場合`, en: `at ${format("en-GB")}` };
}

function portsOf(
  before: CompiledPolicy,
  after: CompiledPolicy,
): Pick<PolicyRequest, "port" | "via">[] {
  const all = (key: "connectPorts" | "httpPorts") =>
    new Set([...before.guards[key], ...after.guards[key]].slice(0, 8));
  return [
    ...[...all("connectPorts")].map((port) => ({ port, via: "connect" as const })),
    ...[...all("httpPorts")].map((port) => ({ port, via: "http" as const })),
  ];
}

const addressGuards = ({
  guards: { denyIp, permitIp, ipLiterals, singleLabel },
}: CompiledPolicy) => [denyIp, permitIp, ipLiterals, singleLabel];

const terminalLimit: Sentence = {
  ja: "端末のアドレスで分かれる規則の違いは、効き目を調べていません。",
  en: "Rules that depend on the terminal's address were not tried.",
};
const pathLimit: Sentence = {
  ja: "パスで分かれる規則の違いは、効き目を調べていません。",
  en: "Rules that depend on the path were not tried.",
};
const addressLimit: Sentence = {
  ja: "アドレスとホスト名の guards の違いは、名前がどこを指すかによるため、効き目を調べていません。",
  en: "Changed guards on addresses and host names depend on where names lead and were not tried.",
};
const groupLimit: Sentence = {
  ja: "グループは一つずつ調べました。複数のグループにいる人では結果が違うことがあります。",
  en: "Groups were tried one at a time; somebody in several may see another result.",
};
const manyGroups: Sentence = {
  ja: `グループが多いため、初めの ${mostGroups} 個だけを調べました。`,
  en: `There are many groups; only the first ${mostGroups} were tried.`,
};
const tooMany: Sentence = {
  ja: `違う項目が多いため、初めの ${mostEntries} 件だけを調べました。`,
  en: `There are many differing entries; only the first ${mostEntries} were tried.`,
};

function bigList(id: string): Sentence {
  return {
    ja: `リスト ${id} は大きいため、項目ごとには比べていません。`,
    en: `List ${id} is too big to be compared entry by entry.`,
  };
}
