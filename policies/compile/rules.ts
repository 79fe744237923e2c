/** Rules: what each refers to exists, and each can match something on the planes it names. Pure. */
import type { CompiledRule } from "../compiled.ts";
import { canonicalPath } from "../paths.ts";
import type { Path } from "../positions.ts";
import { quote } from "../problem.ts";
import type { PolicyRule } from "../schema.ts";
import { parseWhen } from "../when.ts";
import {
  checkGroups,
  checkId,
  checkPorts,
  type Context,
  expiry,
  placeOf,
  unknownName,
} from "./context.ts";
import { compileRanges } from "./guards.ts";
import { compileEntries } from "./lists.ts";

export function compileRules(context: Context): CompiledRule[] {
  const firstLine = new Map<string, number>();
  return context.value.rules.map((rule, index) => {
    const path = ["rules", index];
    checkId(context, path, rule.id, firstLine);
    return compileRule(context, rule, path);
  });
}

function compileRule(context: Context, rule: PolicyRule, path: Path): CompiledRule {
  checkPlane(context, rule, path);
  checkAuth(context, rule, path);
  checkGroups(context, [...path, "from", "groups"], rule.from?.groups ?? []);
  const window = rule.when && parseWhen(rule.when, context.tz);
  if (window && !window.ok) {
    context.report([...path, "when", ...window.path], window.ja, window.en);
  }
  const terminals = rule.from?.terminals;
  return {
    id: rule.id,
    ...placeOf(context, path),
    planes: rule.plane,
    to: compileTo(context, rule, [...path, "to"]),
    action: rule.action,
    mode: rule.mode,
    ...(rule.name !== undefined && { name: rule.name }),
    ...(rule.owner !== undefined && { owner: rule.owner }),
    ...(rule.from?.groups && { groups: rule.from.groups }),
    ...(terminals && {
      terminals: compileRanges(context, [...path, "from", "terminals"], terminals),
    }),
    ...(window?.ok && { when: window.when }),
    ...compilePorts(context, rule, path),
    ...compilePaths(context, rule, [...path, "to", "paths"]),
    ...(rule.auth && { auth: rule.auth }),
    ...compileVia(context, rule, [...path, "via"]),
    ...(rule.message !== undefined && { message: rule.message }),
    ...compileAppeal(context, rule, path),
    ...expiry(context, [...path, "expires"], rule.expires),
  };
}

function compileAppeal(context: Context, rule: PolicyRule, path: Path): { appeal?: "none" } {
  if (rule.appeal === undefined) return {};
  if (rule.action !== "block")
    context.report(
      [...path, "appeal"],
      "appeal: は止める規則 (action: block) だけに書けます。消してください。",
      "appeal: belongs to rules that block; remove it.",
    );
  return { appeal: rule.appeal };
}

function checkPlane(context: Context, rule: PolicyRule, path: Path): void {
  if (!rule.plane.includes("isolated")) return;
  if (rule.action === "isolate" || rule.action === "direct") {
    context.report(
      [...path, "action"],
      `「${rule.action}」は端末側 (terminal) だけの動作です。分離ブラウザ側では allow か block と書いてください。`,
      `"${rule.action}" exists on the terminal plane only; on the isolated plane write allow or block.`,
    );
  }
  for (const key of ["auth", "terminals"] as const) {
    if ((key === "auth" ? rule.auth : rule.from?.terminals) === undefined) continue;
    context.report(
      key === "auth" ? [...path, "auth"] : [...path, "from", "terminals"],
      `「${key}」は端末側 (terminal) の規則だけに書けます。分離ブラウザの通信は、人に結び付いていて端末には結び付きません。`,
      `"${key}" belongs to rules of the terminal plane only; traffic of an isolated browser belongs to a person, not to a terminal.`,
    );
  }
}

function checkAuth(context: Context, rule: PolicyRule, path: Path): void {
  const { groups } = rule.from ?? {};
  if (rule.from && !groups && !rule.from.terminals) {
    context.report(
      [...path, "from"],
      "from: には groups: か terminals: を書いてください。全員なら from: を消してください。",
      "Write groups: or terminals: into from:, or remove from: for everybody.",
    );
  }
  const asked = (groups ?? []).find((name) => !context.value.groups[name]?.terminals);
  if (rule.auth === undefined || asked === undefined) return;
  context.report(
    [...path, "auth"],
    `auth: none では利用者を確かめないため、グループ「${asked}」の人かどうか分かりません。どちらかを消してください。`,
    `With auth: none nobody is asked who they are, so nobody is known to be in the group "${asked}"; remove one of the two.`,
  );
}

function compilePorts(context: Context, rule: PolicyRule, path: Path): { ports?: number[] } {
  const inTo = rule.to.ports !== undefined;
  if (inTo && rule.ports !== undefined) {
    context.report(
      [...path, "ports"],
      "ポートは to: の中に一度だけ書いてください。",
      "Write the ports once, inside to:.",
    );
  }
  const ports = rule.to.ports ?? rule.ports;
  if (!ports) return {};
  checkPorts(context, ports, inTo ? [...path, "to", "ports"] : [...path, "ports"]);
  return { ports };
}

function compilePaths(context: Context, rule: PolicyRule, path: Path): { paths?: string[] } {
  const { paths } = rule.to;
  if (!paths) return {};
  for (const [index, text] of paths.entries()) {
    const canonical = canonicalPath(text);
    if (canonical === text) continue;
    context.report(
      [...path, index],
      `「${quote(text)}」はパスの正規の書き方ではありません。「${canonical ?? "/koho/"}」のように「/」から書いてください。`,
      `"${quote(text)}" is not a path in canonical form; write one such as "${canonical ?? "/koho/"}", from the slash on.`,
    );
  }
  if (rule.action === "block") {
    context.warn(
      path,
      "パスが見えるのは暗号化されていない通信だけです。https:// の同じ場所は、この規則では止まりません。",
      "Paths are visible in plain HTTP only; this rule does not stop the same place over https://.",
    );
  }
  return { paths };
}

function compileVia(context: Context, rule: PolicyRule, path: Path): { via?: string } {
  if (rule.via === undefined) return {};
  const parents = Object.keys(context.value.parents);
  if (!parents.includes(rule.via)) {
    context.report(path, ...unknownName("上位プロキシ", "parent proxy", rule.via, parents));
  } else if (rule.action !== "allow" && rule.action !== "direct") {
    context.report(
      path,
      `action: ${rule.action} の通信は外へ出ないため、via: は書けません。`,
      `Traffic with action: ${rule.action} does not leave, so it takes no via:.`,
    );
  }
  return { via: rule.via };
}

function compileTo(context: Context, rule: PolicyRule, path: Path): CompiledRule["to"] {
  const { any, hosts, lists } = rule.to;
  if ((any === true) === (hosts !== undefined || lists !== undefined)) {
    context.report(
      path,
      "to: には any: true か、hosts: と lists: の一方または両方を書いてください。",
      "Write to: { any: true }, or hosts:, or lists:, or the latter two together.",
    );
  }
  if (any === true) return { kind: "any" };
  checkLists(context, rule, lists ?? [], [...path, "lists"]);
  return {
    kind: "hosts",
    ...compileEntries(context, [...path, "hosts"], hosts ?? []),
    lists: lists ?? [],
  };
}

function checkLists(
  context: Context,
  rule: PolicyRule,
  lists: readonly string[],
  path: Path,
): void {
  const { value, report } = context;
  const opens = rule.action !== "block";
  for (const [index, id] of lists.entries()) {
    const list = Object.hasOwn(value.lists, id) ? value.lists[id] : undefined;
    if (!list) {
      report([...path, index], ...unknownName("リスト", "list", id, Object.keys(value.lists)));
    } else if (list.effect !== undefined && (list.effect === "allow") !== opens) {
      report(
        [...path, index],
        `リスト「${id}」は effect: ${list.effect} なので、action: ${rule.action} の規則には使えません。`,
        `List "${id}" has effect: ${list.effect} and cannot serve a rule with action: ${rule.action}.`,
      );
    }
  }
}
