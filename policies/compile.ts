/**
 * From a policy file that has the right shape to the snapshot that is decided on. Pure: the texts of
 * list files are passed in. Finds what the shape cannot say: names that refer to nothing, ids used
 * twice, entries that would never match, actions a plane does not have. All problems at once, each at
 * its line.
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import type { CompiledList, CompiledPolicy, CompiledRule, EmbeddedTest } from "./compiled.ts";
import { parseRange } from "./guards/address-class.ts";
import { parseEntry } from "./list-entry.ts";
import type { Path, Positions } from "./positions.ts";
import { nearest, type Problem, quote } from "./problem.ts";
import { readList } from "./read-list.ts";
import type { PolicyFile, PolicyRule } from "./schema.ts";
import { endOfDay, isTimeZone } from "./time-window.ts";
import { parseWhen } from "./when.ts";

export interface CompileInput {
  readonly value: PolicyFile;
  readonly positions: Positions;
  /** Name of the main file, for messages. */
  readonly file: string;
  readonly folder: string;
  /** By path as written in the policy; undefined when the file could not be read. */
  readonly listTexts: ReadonlyMap<string, string | undefined>;
}

export type CompileResult =
  | { readonly ok: true; readonly policy: CompiledPolicy }
  | { readonly ok: false; readonly problems: readonly Problem[] };

type Report = (path: Path, ja: string, en: string) => void;

interface Context extends CompileInput {
  readonly problems: Problem[];
  readonly report: Report;
  readonly tz: string;
}

export function compilePolicy(input: CompileInput): CompileResult {
  const problems: Problem[] = [];
  const report: Report = (path, ja, en) =>
    void problems.push({ file: input.file, ...input.positions.of(path), ja, en });
  const context: Context = { ...input, problems, report, tz: zoneOf(input.value, report) };
  const { value } = input;
  checkDefaults(context);
  const content: Omit<CompiledPolicy, "version"> = {
    name: value.name,
    mode: value.mode,
    defaults: value.defaults,
    groups: Object.keys(value.groups),
    guards: compileGuards(context),
    lists: Object.keys(value.lists).map((id) => compileList(context, id)),
    rules: compileRules(context),
    tests: value.tests.map((_, index) => compileTest(context, index)),
  };
  return problems.length > 0
    ? { ok: false, problems: problems.toSorted(byPlace(input.file)) }
    : { ok: true, policy: { version: sha256(JSON.stringify(content)), ...content } };
}

/** The main file first, then list files by name; inside a file by line. */
function byPlace(main: string): (a: Problem, b: Problem) => number {
  const rank = (problem: Problem) => (problem.file === main ? "" : problem.file);
  return (a, b) => rank(a).localeCompare(rank(b)) || a.line - b.line || a.column - b.column;
}

const sha256 = (text: string) => createHash("sha256").update(text).digest("hex");

function zoneOf(value: PolicyFile, report: Report): string {
  if (isTimeZone(value.tz)) return value.tz;
  report(["tz"], ...badZone(value.tz));
  return "UTC";
}

function badZone(name: string): [ja: string, en: string] {
  return [
    `「${quote(name)}」という時間帯はありません。「Asia/Tokyo」のように書いてください。`,
    `There is no time zone "${quote(name)}"; write one such as "Asia/Tokyo".`,
  ];
}

function checkDefaults({ value, report }: Context): void {
  const { isolated } = value.defaults;
  if (isolated !== "isolate" && isolated !== "direct") return;
  report(
    ["defaults", "isolated"],
    `分離ブラウザ側の既定に「${isolated}」は使えません。block か allow と書いてください。`,
    `"${isolated}" makes no sense as default of the isolated plane; write block or allow.`,
  );
}

function compileGuards({ value, report }: Context): CompiledPolicy["guards"] {
  const { guards } = value;
  const ranges = (key: "deny_ip" | "permit_ip") =>
    guards[key].flatMap((text, index) => {
      // The special-purpose table is always on; naming it is allowed because it reads well.
      if (key === "deny_ip" && text === "builtin:special-purpose") return [];
      const range = parseRange(text);
      if (range === text || (range !== undefined && !text.includes("/"))) return [range];
      report(
        ["guards", key, index],
        `「${quote(text)}」はアドレスの範囲として正しくありません。「${range ?? "203.0.113.0/24"}」のように書いてください。`,
        `"${quote(text)}" is not an address range; write ${range === undefined ? 'one such as "203.0.113.0/24"' : `"${range}"`}.`,
      );
      return [];
    });
  return {
    connectPorts: guards.ports.connect,
    httpPorts: guards.ports.http,
    denyIp: ranges("deny_ip"),
    permitIp: ranges("permit_ip"),
    ipLiterals: guards.host.ip_literals,
    singleLabel: guards.host.single_label,
  };
}

function compileList(context: Context, id: string): CompiledList {
  const list = context.value.lists[id] ?? {};
  const path = ["lists", id];
  const { file, hosts } = list;
  if ((file === undefined) === (hosts === undefined)) {
    context.report(
      path,
      `リスト「${id}」には file: と hosts: のどちらか一方を書いてください。`,
      `List "${id}" needs either file: or hosts:, and only one of them.`,
    );
  }
  const content =
    file === undefined
      ? compileEntries(context, [...path, "hosts"], hosts ?? [])
      : compileListFile(context, [...path, "file"], file);
  return {
    id,
    ...content,
    ...(file !== undefined && { file }),
    ...(list.effect !== undefined && { effect: list.effect }),
    ...expiry(context, [...path, "expires"], list.expires),
  };
}

interface Entries {
  entries: string[];
  lines: number[];
}

function compileEntries(context: Context, path: Path, hosts: readonly string[]): Entries {
  const found: Entries = { entries: [], lines: [] };
  for (const [index, host] of hosts.entries()) {
    const parsed = parseEntry(host);
    if (!parsed.ok) context.report([...path, index], parsed.ja, parsed.en);
    else if (!found.entries.includes(parsed.entry)) {
      found.entries.push(parsed.entry);
      found.lines.push(context.positions.of([...path, index]).line);
    }
  }
  return found;
}

function compileListFile(context: Context, path: Path, file: string): Entries {
  const text = context.listTexts.get(file);
  if (text === undefined) {
    context.report(
      path,
      `リストのファイル「${quote(file)}」を読めません。ポリシーと同じフォルダからの相対パス (lists/allow.txt など) で書き、ファイルを置いてください。`,
      `The list file "${quote(file)}" cannot be read; write a path below the policy's folder, such as lists/allow.txt, and put the file there.`,
    );
    return { entries: [], lines: [] };
  }
  const content = readList(text, join(context.folder, file));
  context.problems.push(...content.problems);
  return { entries: [...content.entries], lines: [...content.lines] };
}

function expiry(context: Context, path: Path, date: string | undefined): { expiresAt?: number } {
  if (date === undefined) return {};
  const [year = 0, month = 1, day = 1] = date.split("-").map(Number);
  if (new Date(Date.UTC(year, month - 1, day)).getUTCDate() !== day) {
    context.report(path, `「${date}」という日はありません。`, `There is no day ${date}.`);
  }
  return { expiresAt: endOfDay(date, context.tz) };
}

/** Names that the log and the block page use for other things. */
const reservedIds = new Set(["default", "guard", "builtin"]);

function compileRules(context: Context): CompiledRule[] {
  const firstLine = new Map<string, number>();
  return context.value.rules.map((rule, index) => {
    const path = ["rules", index];
    const { line } = context.positions.of(path);
    const before = firstLine.get(rule.id);
    if (before !== undefined || reservedIds.has(rule.id.toLowerCase())) {
      context.report(
        [...path, "id"],
        before === undefined
          ? `「${rule.id}」は規則の番号に使えません。R100 のように書いてください。`
          : `規則の番号「${rule.id}」は ${before} 行目でも使われています。別の番号にしてください。`,
        before === undefined
          ? `"${rule.id}" is reserved; write an id such as R100.`
          : `The rule id "${rule.id}" is used on line ${before} already; write another one.`,
      );
    }
    firstLine.set(rule.id, before ?? line);
    return compileRule(context, rule, path, line);
  });
}

function compileRule(context: Context, rule: PolicyRule, path: Path, line: number): CompiledRule {
  checkRule(context, rule, path);
  const window = rule.when && parseWhen(rule.when, context.tz);
  if (window && !window.ok) {
    context.report([...path, "when", ...window.path], window.ja, window.en);
  }
  return {
    id: rule.id,
    line,
    planes: rule.plane,
    to: compileTo(context, rule, [...path, "to"]),
    action: rule.action,
    mode: rule.mode,
    ...(rule.name !== undefined && { name: rule.name }),
    ...(rule.from && { groups: rule.from.groups }),
    ...(window?.ok && { when: window.when }),
    ...(rule.ports && { ports: rule.ports }),
    ...(rule.message !== undefined && { message: rule.message }),
    ...expiry(context, [...path, "expires"], rule.expires),
  };
}

function checkRule(context: Context, rule: PolicyRule, path: Path): void {
  const { value, report } = context;
  if (rule.plane.includes("isolated") && (rule.action === "isolate" || rule.action === "direct")) {
    report(
      [...path, "action"],
      `「${rule.action}」は端末側 (terminal) だけの動作です。分離ブラウザ側では allow か block と書いてください。`,
      `"${rule.action}" exists on the terminal plane only; on the isolated plane write allow or block.`,
    );
  }
  for (const [index, group] of (rule.from?.groups ?? []).entries()) {
    if (Object.hasOwn(value.groups, group)) continue;
    report(
      [...path, "from", "groups", index],
      ...unknownName("グループ", "group", group, Object.keys(value.groups)),
    );
  }
  const ports = [...value.guards.ports.connect, ...value.guards.ports.http];
  for (const [index, port] of (rule.ports ?? []).entries()) {
    if (ports.includes(port)) continue;
    report(
      [...path, "ports", index],
      `ポート ${port} は guards.ports で開いていないため、この規則は一致しません。先に guards.ports に書いてください。`,
      `Port ${port} is closed by guards.ports, so this rule can never match; write it there first.`,
    );
  }
}

function unknownName(
  ja: string,
  en: string,
  name: string,
  known: readonly string[],
): [string, string] {
  const meant = nearest(name, known);
  const shown = quote(name);
  return [
    `${ja}「${shown}」は定義されていません。${meant === undefined ? "先に定義するか、名前を直してください。" : `「${meant}」ではありませんか。`}`,
    `There is no ${en} "${shown}"; ${meant === undefined ? "define it or correct the name" : `write "${meant}"`}.`,
  ];
}

function compileTo(context: Context, rule: PolicyRule, path: Path): CompiledRule["to"] {
  const { value, report } = context;
  const { any, hosts, lists } = rule.to;
  if ((any === true) === (hosts !== undefined || lists !== undefined)) {
    report(
      path,
      "to: には any: true か、hosts: と lists: の一方または両方を書いてください。",
      "Write to: { any: true }, or hosts:, or lists:, or the latter two together.",
    );
  }
  if (any === true) return { kind: "any" };
  for (const [index, id] of (lists ?? []).entries()) {
    const list = Object.hasOwn(value.lists, id) ? value.lists[id] : undefined;
    const opens = rule.action !== "block";
    if (!list) {
      report(
        [...path, "lists", index],
        ...unknownName("リスト", "list", id, Object.keys(value.lists)),
      );
    } else if (list.effect !== undefined && (list.effect === "allow") !== opens) {
      report(
        [...path, "lists", index],
        `リスト「${id}」は effect: ${list.effect} なので、action: ${rule.action} の規則には使えません。`,
        `List "${id}" has effect: ${list.effect} and cannot serve a rule with action: ${rule.action}.`,
      );
    }
  }
  return {
    kind: "hosts",
    ...compileEntries(context, [...path, "hosts"], hosts ?? []),
    lists: lists ?? [],
  };
}

function compileTest(context: Context, index: number): EmbeddedTest {
  const path = ["tests", index];
  const test = context.value.tests[index];
  if (!test) throw new RangeError("test index");
  if ((test.url === undefined) === (test.connect === undefined)) {
    context.report(
      path,
      "テストには url: と connect: のどちらか一方を書いてください。",
      "A test needs either url: or connect:, and only one of them.",
    );
  }
  const at = test.at === undefined ? undefined : Date.parse(test.at);
  if (at !== undefined && (Number.isNaN(at) || !/(?:Z|[+-]\d\d:\d\d)$/.test(test.at ?? ""))) {
    context.report(
      [...path, "at"],
      "日時は 2026-04-01T09:00:00+09:00 の形で書いてください。",
      "Write the time as 2026-04-01T09:00:00+09:00.",
    );
  }
  checkTestRule(context, test.rule, [...path, "rule"]);
  return {
    line: context.positions.of(path).line,
    plane: test.plane,
    user: test.user,
    groups: test.groups,
    target:
      test.url === undefined
        ? { kind: "connect", text: test.connect ?? "" }
        : { kind: "url", text: test.url },
    expect: test.expect,
    ...(at !== undefined && { at }),
    ...(test.resolves && { resolves: test.resolves }),
    ...(test.rule !== undefined && { rule: test.rule }),
  };
}

function checkTestRule(context: Context, rule: string | undefined, path: Path): void {
  if (rule === undefined || rule === "default" || rule.startsWith("guard.")) return;
  const known = context.value.rules.map(({ id }) => id);
  if (!known.includes(rule)) context.report(path, ...unknownName("規則", "rule", rule, known));
}
