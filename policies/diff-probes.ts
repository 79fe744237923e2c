/**
 * The questions that a comparison of two policies asks both of them: for every entry that a difference can
 * reach (diff-entries.ts), on both planes, for each group alone and for nobody's group, inside and outside
 * of each time window. Pure; bounded, and says what the bound left out.
 */
import { isDeepStrictEqual } from "node:util";
import type { CompiledPolicy, Plane, When } from "./compiled.ts";
import { planes } from "./compiled.ts";
import { changedRules } from "./diff-rules.ts";
import { differ, reachedEntries, unlisted } from "./diff-entries.ts";
import type { Sentence } from "./diff.ts";
import type { PolicySource } from "./lint-source.ts";
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

const mostGroups = 40;
const mostPorts = 16;
const child = "hanare-probe";

export function makeProbes(before: PolicySource, after: PolicySource, now: number): Probes {
  const [old, fresh] = [before.policy, after.policy];
  const { entries, limits: left } = reachedEntries(before, after);
  const groups = groupsOf(old, fresh);
  const ports = portsOf(old, fresh);
  const changed = changedRules(old, fresh);
  const limits = [
    ...left,
    ...(groups.length > 1 ? [groupLimit] : []),
    ...(groups.length > mostGroups ? [manyGroups] : []),
    ...(changed.some(({ rule }) => rule.terminals) || differ(old, fresh, "terminalGroups")
      ? [terminalLimit]
      : []),
    ...(changed.some(({ rule }) => rule.paths) ? [pathLimit] : []),
    ...(isDeepStrictEqual(addressGuards(old), addressGuards(fresh)) ? [] : [addressLimit]),
    ...(ports.length > mostPorts ? [manyPorts] : []),
    ...([old, fresh].some((policy) => endsLater(policy, now)) ? [endLimit] : []),
  ];
  const asked = [null, ...groups.slice(0, mostGroups)];
  const times = timesOf(old, fresh, now);
  return { probes: ask(entries, asked, times, ports.slice(0, mostPorts)), limits };
}

function endsLater({ rules, lists }: CompiledPolicy, now: number): boolean {
  const ends = [
    ...[...rules, ...lists].map(({ expiresAt }) => expiresAt),
    ...lists.flatMap(({ expiries = [], edits }) =>
      [...expiries, ...(edits?.expiries ?? [])].map(([, at]) => at),
    ),
  ];
  return ends.some((at) => at !== undefined && at > now);
}

function* ask(
  entries: ReadonlySet<string>,
  groups: readonly (string | null)[],
  times: readonly Time[],
  ports: readonly Pick<PolicyRequest, "port" | "via">[],
): Generator<Probe> {
  for (const entry of entries) {
    const path = pathOf(entry);
    for (const host of hostsFor(entry)) {
      for (const plane of planes) {
        for (const group of groups) {
          for (const { at, when } of times) {
            for (const port of ports) {
              const request = {
                ...requestOf(plane, group, host, at, port),
                ...(port.via === "http" && path !== undefined && { path }),
              };
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

/** Of an entry that reaches below one path only. */
const pathOf = (entry: string) => /^[^/]*[^/\d.:][^/]*(\/.*)$/.exec(entry)?.[1];

/** A name itself, and one below it where the entry reaches there. */
function hostsFor(entry: string): string[] {
  const [, form = "", rest = ""] = /^!?(\*\.|\.)?(.*)$/.exec(entry) ?? [];
  const host = rest.replace(/^[a-z]+:\/\//, "").replace(/[/:].*$/, "");
  if (form === "*.") return [`${child}.${host}`];
  return form === "." ? [host, `${child}.${host}`] : [host];
}

const groupsOf = (before: CompiledPolicy, after: CompiledPolicy): string[] => [
  ...new Set([...before.rules, ...after.rules].flatMap(({ groups = [] }) => groups)),
];

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
    new Set([...before.guards[key], ...after.guards[key]]);
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
const manyPorts: Sentence = {
  ja: `ポートが多いため、初めの ${mostPorts} 個だけを調べました。`,
  en: `There are many ports; only the first ${mostPorts} were tried.`,
};
const endLimit: Sentence = {
  ja: "期限は今の時点で調べました。期限を過ぎてからの違いは調べていません。",
  en: "Expiries were looked at as of now; what differs after one of them was not tried.",
};
