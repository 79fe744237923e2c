/**
 * Two policies compared for people. First what is written differently (rules, lists, guards), then what it
 * does: requests that one opens and the other closes, found by asking both the same questions. Pure.
 *
 * The questions are made from everything that differs (entries, groups, time windows), so a change of
 * effect that stands on one of them is found. Not every request can be asked; `limits` says what was not.
 */
import { type Action, openness, type Plane } from "./compiled.ts";
import { type Probe, makeProbes } from "./diff-probes.ts";
import { writtenChanges } from "./diff-written.ts";
import type { PolicySource } from "./lint-source.ts";
import { type Decision, decide, type PreparedPolicy } from "./match.ts";

export interface Sentence {
  readonly ja: string;
  readonly en: string;
}

export interface EffectChange extends Sentence {
  readonly kind: "opens" | "closes" | "otherwise";
  readonly plane: Plane;
  /** Null: somebody in no group. */
  readonly group: string | null;
  readonly from: Action;
  readonly fromRule: string;
  readonly to: Action;
  readonly toRule: string;
  /** Entries as they are written; the first ones. */
  readonly entries: readonly string[];
  readonly count: number;
}

export interface DiffReport {
  readonly same: boolean;
  /** What is written differently. */
  readonly written: readonly Sentence[];
  /** What opens comes first. */
  readonly effects: readonly EffectChange[];
  /** What could not be compared, in words. Never empty without a reason to be. */
  readonly limits: readonly Sentence[];
}

const shownEntries = 20;

export function diffPolicies(before: PolicySource, after: PolicySource, now: number): DiffReport {
  const written = writtenChanges(before, after);
  if (before.policy.version === after.policy.version)
    return { same: true, written, effects: [], limits: [] };
  const { probes, limits } = makeProbes(before, after, now);
  const effects = effectsOf(before.prepared, after.prepared, probes);
  return { same: false, written, effects, limits };
}

interface Gathered {
  readonly probe: Probe;
  readonly from: Decision;
  readonly to: Decision;
  readonly entries: Set<string>;
}

function effectsOf(
  old: PreparedPolicy,
  fresh: PreparedPolicy,
  probes: Iterable<Probe>,
): EffectChange[] {
  const gathered = new Map<string, Gathered>();
  for (const probe of probes) {
    const from = decide(old, probe.request);
    const to = decide(fresh, probe.request);
    if (from.verdict === to.verdict) continue;
    const key = JSON.stringify([
      probe.request.plane,
      probe.group,
      probe.when?.en ?? "",
      from.verdict,
      from.rule,
      to.verdict,
      to.rule,
    ]);
    const known = gathered.get(key) ?? { probe, from, to, entries: new Set<string>() };
    known.entries.add(probe.entry);
    gathered.set(key, known);
  }
  const order = { opens: 0, closes: 1, otherwise: 2 };
  return [...gathered.values()].map(toEffect).sort((a, b) => order[a.kind] - order[b.kind]);
}

function toEffect({ probe, from, to, entries }: Gathered): EffectChange {
  const step = openness[to.verdict] - openness[from.verdict];
  const kind = step > 0 ? "opens" : step < 0 ? "closes" : "otherwise";
  const shown = [...entries].slice(0, shownEntries);
  const more = entries.size - shown.length;
  const facts = {
    kind,
    plane: probe.request.plane,
    group: probe.group,
    from: from.verdict,
    fromRule: from.rule,
    to: to.verdict,
    toRule: to.rule,
    entries: shown,
    count: entries.size,
  } as const;
  return { ...facts, ...sentenceOf(facts, more, probe.when) };
}

const kinds = {
  opens: { ja: "開く", en: "Opens" },
  closes: { ja: "閉じる", en: "Closes" },
  otherwise: { ja: "変わる", en: "Changes" },
} as const;
const planeNames: Readonly<Record<Plane, Sentence>> = {
  isolated: { ja: "分離ブラウザ", en: "isolated browser" },
  terminal: { ja: "端末", en: "terminals" },
};
const actionNames: Readonly<Record<Action, Sentence>> = {
  block: { ja: "遮断", en: "blocked" },
  isolate: { ja: "分離ブラウザで開く", en: "isolated" },
  allow: { ja: "許可", en: "allowed" },
  direct: { ja: "直接", en: "direct" },
};

function sentenceOf(
  change: Omit<EffectChange, "ja" | "en">,
  more: number,
  when: Sentence | undefined,
): Sentence {
  const { kind, plane, group, from, fromRule, to, toRule, entries } = change;
  const list = entries.join(" ");
  const who = {
    ja: group === null ? "どのグループにもいない人" : `グループ ${group}`,
    en: group === null ? "people in no group" : `group ${group}`,
  };
  return {
    ja: `${kinds[kind].ja}: ${planeNames[plane].ja}・${who.ja}${when ? `・${when.ja}` : ""} — ${list}${more > 0 ? ` ほか ${more} 件` : ""} (${actionNames[from].ja} ${fromRule} → ${actionNames[to].ja} ${toRule})`,
    en: `${kinds[kind].en}: ${planeNames[plane].en}, ${who.en}${when ? `, ${when.en}` : ""}: ${list}${more > 0 ? ` and ${more} more` : ""} (${actionNames[from].en} ${fromRule} → ${actionNames[to].en} ${toRule})`,
  };
}
