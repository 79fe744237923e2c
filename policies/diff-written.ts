/** What is written differently in two policies, in sentences: names, defaults, guards, lists, rules, rights. Pure. */
import { isDeepStrictEqual } from "node:util";
import type { CompiledRule } from "./compiled.ts";
import { changedRules } from "./diff-rules.ts";
import type { Sentence } from "./diff.ts";
import type { Entries, PolicySource } from "./lint-source.ts";

const shownEntries = 10;

export function writtenChanges(before: PolicySource, after: PolicySource): Sentence[] {
  return [
    ...settings(before, after),
    ...lists(before, after),
    ...rules(before, after),
    ...rights(before, after),
  ];
}

function settings({ policy: old }: PolicySource, { policy: fresh }: PolicySource): Sentence[] {
  const pairs: readonly (readonly [ja: string, en: string, a: unknown, b: unknown])[] = [
    ["名前", "name", old.name, fresh.name],
    ["全体の mode", "mode of the policy", old.mode, fresh.mode],
    [
      "分離ブラウザの既定",
      "default of the isolated plane",
      old.defaults.isolated,
      fresh.defaults.isolated,
    ],
    ["端末の既定", "default of the terminal plane", old.defaults.terminal, fresh.defaults.terminal],
    ["グループ", "groups", old.groups, fresh.groups],
    ["グループの端末", "terminals of groups", old.terminalGroups, fresh.terminalGroups],
    ["guards", "guards", old.guards, fresh.guards],
    ["上位プロキシ", "parent proxies", old.parents, fresh.parents],
  ];
  return pairs
    .filter(([, , a, b]) => !isDeepStrictEqual(a, b))
    .map(([ja, en, a, b]) => ({
      ja: `${ja}: ${show(a)} → ${show(b)}`,
      en: `${en}: ${show(a)} → ${show(b)}`,
    }));
}

function show(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function lists(before: PolicySource, after: PolicySource): Sentence[] {
  const ids = new Set([...before.lists.keys(), ...after.lists.keys()]);
  return [...ids].flatMap((id) => {
    const [old, fresh] = [before.lists.get(id), after.lists.get(id)];
    if (!old)
      return [
        {
          ja: `リスト ${id} が加わった (${size(fresh, "ja")})`,
          en: `list ${id} is new (${size(fresh, "en")})`,
        },
      ];
    if (!fresh) return [{ ja: `リスト ${id} がなくなった`, en: `list ${id} is gone` }];
    return [...entryChanges(id, old, fresh), ...settingsOfList(id, before, after)];
  });
}

function size(entries: Entries | undefined, language: "ja" | "en"): string {
  if (entries === undefined || entries === "not-listed")
    return language === "ja" ? "大きい" : "big";
  return language === "ja" ? `${entries.length} 件` : `${entries.length} entries`;
}

function entryChanges(id: string, old: Entries, fresh: Entries): Sentence[] {
  if (old === "not-listed" || fresh === "not-listed") return [];
  const had = new Set(old.map(({ entry }) => entry));
  const has = new Set(fresh.map(({ entry }) => entry));
  const added = [...has].filter((entry) => !had.has(entry));
  const gone = [...had].filter((entry) => !has.has(entry));
  return [
    ...some(added).map((list) => ({
      ja: `リスト ${id} に追加: ${list}`,
      en: `list ${id}, added: ${list}`,
    })),
    ...some(gone).map((list) => ({
      ja: `リスト ${id} から削除: ${list}`,
      en: `list ${id}, removed: ${list}`,
    })),
  ];
}

function some(entries: readonly string[]): string[] {
  if (entries.length === 0) return [];
  const more = entries.length - shownEntries;
  return [`${entries.slice(0, shownEntries).join(" ")}${more > 0 ? ` … (+${more})` : ""}`];
}

function settingsOfList(id: string, before: PolicySource, after: PolicySource): Sentence[] {
  const of = ({ policy }: PolicySource) => {
    const list = policy.lists.find((each) => each.id === id);
    return [list?.file, list?.effect, list?.expiresAt, list?.ports];
  };
  if (isDeepStrictEqual(of(before), of(after))) return [];
  return [
    {
      ja: `リスト ${id} の設定 (ファイル、effect、期限、ポートのいずれか) が変わった`,
      en: `the settings of list ${id} (file, effect, expiry or ports) have changed`,
    },
  ];
}

function rules({ policy: old }: PolicySource, { policy: fresh }: PolicySource): Sentence[] {
  const changed = changedRules(old, fresh);
  const seen = new Set<string>();
  return changed.flatMap(({ rule }) => {
    if (seen.has(rule.id)) return [];
    seen.add(rule.id);
    const [a, b] = [old, fresh].map((each) => each.rules.find(({ id }) => id === rule.id));
    const name = rule.name === undefined ? rule.id : `${rule.id} ${rule.name}`;
    if (!a)
      return [
        {
          ja: `規則 ${name} が加わった (${rule.action})`,
          en: `rule ${name} is new (${rule.action})`,
        },
      ];
    if (!b) return [{ ja: `規則 ${name} がなくなった`, en: `rule ${name} is gone` }];
    const keys = changedKeys(a, b);
    return keys.length === 0
      ? [{ ja: `規則 ${name} の順番が変わった`, en: `rule ${name} has moved` }]
      : keys.map((key) => {
          const text = `${key}: ${show(a[key] ?? "–")} → ${show(b[key] ?? "–")}`;
          return { ja: `規則 ${name} の ${text}`, en: `rule ${name}, ${text}` };
        });
  });
}

function changedKeys(a: CompiledRule, b: CompiledRule): (keyof CompiledRule)[] {
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]) as Set<keyof CompiledRule>;
  keys.delete("line");
  return [...keys].filter((key) =>
    key === "to"
      ? !isDeepStrictEqual({ ...a.to, lines: [] }, { ...b.to, lines: [] })
      : !isDeepStrictEqual(a[key], b[key]),
  );
}

function rights({ policy: old }: PolicySource, { policy: fresh }: PolicySource): Sentence[] {
  const plain = (value: typeof old.rights) => value?.map((each) => ({ ...each, line: 0 }));
  if (isDeepStrictEqual(plain(old.rights), plain(fresh.rights))) return [];
  return [
    { ja: "セッションの権限 (rights) が変わった", en: "the rights of sessions have changed" },
  ];
}
