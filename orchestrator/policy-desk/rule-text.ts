/**
 * Edits of rules in a policy's YAML: the text around the change stays byte for byte, comments, order,
 * quotes and spacing included. The place is found with the YAML parser, the change is made in the text,
 * and the result is parsed again and must say exactly what was meant; anything else is refused. Pure.
 */
import { isDeepStrictEqual } from "node:util";
import {
  type Document,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  type Pair,
  parseDocument,
  stringify,
  type YAMLMap,
  type YAMLSeq,
} from "yaml";
import type { TextEdit } from "./list-text.ts";

/** Keys of a rule that one value says: what the console can change. */
type SettableKey = "action" | "mode" | "name" | "message" | "owner" | "expires";

export type RuleEdit =
  | {
      readonly act: "set";
      readonly rule: string;
      readonly key: SettableKey;
      /** Null takes the key away. */
      readonly value: string | null;
    }
  | { readonly act: "remove"; readonly rule: string }
  /** Before the rule named, else at the end. */
  | { readonly act: "move"; readonly rule: string; readonly before: string | null }
  | {
      readonly act: "add";
      readonly value: Readonly<Record<string, unknown>>;
      readonly before: string | null;
    };

type Value = { rules?: Record<string, unknown>[] } & Record<string, unknown>;

export function editRules(text: string, edit: RuleEdit): TextEdit {
  const document = parseDocument(text);
  const rules = document.get("rules");
  // A file that only includes others has none.
  if (document.errors.length === 0 && rules === undefined) return { ok: false, reason: "absent" };
  if (document.errors.length > 0 || !isSeq(rules)) return { ok: false, reason: "not-editable" };
  const known = ids(rules);
  const names =
    edit.act === "add" ? [edit.before] : [edit.rule, ...("before" in edit ? [edit.before] : [])];
  if (names.some((id) => id !== null && !known.includes(id)))
    return { ok: false, reason: "absent" };
  if (edit.act === "add" && known.includes(String(edit.value["id"])))
    return { ok: false, reason: "present" };
  const changed = apply(text, rules, edit);
  const wanted = expected(document, edit);
  if (changed === undefined || !says(changed, wanted)) return { ok: false, reason: "not-editable" };
  return { ok: true, text: changed };
}

function says(text: string, wanted: Value): boolean {
  const document = parseDocument(text);
  return document.errors.length === 0 && isDeepStrictEqual(document.toJS(), wanted);
}

function ids(rules: YAMLSeq): string[] {
  return rules.items.map((item) => (isMap(item) ? String(item.get("id")) : ""));
}

/** What the file must mean afterwards. */
function expected(document: Document, edit: RuleEdit): Value {
  const value = document.toJS({ maxAliasCount: 100 }) as Value;
  const rules = [...(value.rules ?? [])];
  const at = (id: string | null) =>
    id === null ? rules.length : rules.findIndex((rule) => rule["id"] === id);
  switch (edit.act) {
    case "set": {
      const { [edit.key]: _old, ...rest } = rules[at(edit.rule)] ?? {};
      rules[at(edit.rule)] = edit.value === null ? rest : { ...rest, [edit.key]: edit.value };
      break;
    }
    case "remove":
      rules.splice(at(edit.rule), 1);
      break;
    case "move": {
      const moved = rules.splice(at(edit.rule), 1);
      rules.splice(at(edit.before), 0, ...moved);
      break;
    }
    case "add":
      rules.splice(at(edit.before), 0, { ...edit.value });
      break;
  }
  return { ...value, rules };
}

function apply(text: string, rules: YAMLSeq, edit: RuleEdit): string | undefined {
  if (edit.act === "set") return setKey(text, rules, edit.rule, edit.key, edit.value);
  if (edit.act === "add" && rules.items.length === 0) return addFirst(text, rules, edit.value);
  // Rules are added, moved and removed as whole lines: only where each has its own.
  if (rules.flow === true) return undefined;
  const blocks = blocksOf(text, rules);
  const known = ids(rules);
  const find = (id: string | null) => (id === null ? undefined : blocks[known.indexOf(id)]);
  const end = blocks.at(-1)?.end ?? text.length;
  if (edit.act === "add") {
    const at = find(edit.before)?.start ?? end;
    return `${withLineEnd(text.slice(0, at))}${linesOf(edit.value, blocks[0]?.indent)}${text.slice(at)}`;
  }
  const block = find(edit.rule);
  if (!block) return undefined;
  const without = text.slice(0, block.start) + text.slice(block.end);
  if (edit.act === "remove") return without;
  const moved = withLineEnd(text.slice(block.start, block.end));
  const target = find(edit.before)?.start ?? end;
  const at = target > block.start ? target - (block.end - block.start) : target;
  return `${withLineEnd(without.slice(0, at))}${moved}${without.slice(at)}`;
}

/** Where `rules: []` stood; what is behind it on its line stays there. */
function addFirst(text: string, rules: YAMLSeq, value: object): string | undefined {
  if (!rules.range) return undefined;
  const [start, end] = rules.range;
  const newline = text.indexOf("\n", end);
  const at = newline === -1 ? text.length : newline + 1;
  const line = withLineEnd(text.slice(0, start).trimEnd() + text.slice(end, at));
  return `${line}${linesOf(value)}${text.slice(at)}`;
}

function linesOf(value: object, indent = 2): string {
  const body = stringify([value], { lineWidth: 0 }).trimEnd();
  return body
    .split("\n")
    .map((line) => `${" ".repeat(indent)}${line}\n`)
    .join("");
}

function withLineEnd(text: string): string {
  return text === "" || text.endsWith("\n") ? text : `${text}\n`;
}

interface Block {
  readonly start: number;
  readonly end: number;
  readonly indent: number;
}

/** Each rule's lines, with the comment lines right above it: they are about it. */
function blocksOf(text: string, rules: YAMLSeq): Block[] {
  const dashes = rules.items.map((item) => {
    const from = isNode(item) ? (item.range?.[0] ?? 0) : 0;
    return text.lastIndexOf("\n", from) + 1;
  });
  const starts = dashes.map((dash) => aboveComments(text, dash));
  const last = rules.items.at(-1);
  const lastEnd = isNode(last) ? (last.range?.[1] ?? text.length) : text.length;
  const newline = text.indexOf("\n", Math.max(0, lastEnd - 1));
  const end = newline === -1 ? text.length : newline + 1;
  return starts.map((start, index) => ({
    start,
    end: starts[index + 1] ?? end,
    indent: (/^ */.exec(text.slice(dashes[index])) ?? [""])[0].length,
  }));
}

function aboveComments(text: string, lineStart: number): number {
  let start = lineStart;
  while (start > 0) {
    const before = text.lastIndexOf("\n", start - 2) + 1;
    if (!/^[ \t]+#/.test(text.slice(before, start))) break;
    start = before;
  }
  return start;
}

function setKey(
  text: string,
  rules: YAMLSeq,
  id: string,
  key: string,
  value: string | null,
): string | undefined {
  const rule = rules.items.find((item) => isMap(item) && item.get("id") === id);
  if (!isMap(rule)) return undefined;
  const pair = rule.items.find((item) => isScalar(item.key) && item.key.value === key);
  if (value === null) return pair ? removePair(text, rule, pair) : text;
  if (!pair) return addPair(text, rule, key, value);
  if (!isScalar(pair.value) || !pair.value.range) return undefined;
  const [start, end] = pair.value.range;
  return text.slice(0, start) + scalar(value, rule.flow === true) + text.slice(end);
}

function scalar(value: string, inFlow: boolean): string {
  const plain = stringify(value, { lineWidth: 0 }).trimEnd();
  // In [ ] and { } more signs mean something.
  return inFlow && !/^["']/.test(plain) && /[,[\]{}]/.test(plain) ? JSON.stringify(value) : plain;
}

function addPair(text: string, rule: YAMLMap, key: string, value: string): string | undefined {
  const last = rule.items.at(-1);
  const node = last?.value;
  if (!isNode(node) || !node.range) return undefined;
  const end = node.range[1];
  if (rule.flow === true)
    return `${text.slice(0, end)}, ${key}: ${scalar(value, true)}${text.slice(end)}`;
  const first = rule.items[0];
  const start = isPair(first) && isNode(first.key) ? (first.key.range?.[0] ?? 0) : 0;
  const indent = " ".repeat(start - (text.lastIndexOf("\n", start - 1) + 1));
  const newline = text.indexOf("\n", Math.max(0, end - 1));
  const at = newline === -1 ? text.length : newline + 1;
  return `${withLineEnd(text.slice(0, at))}${indent}${key}: ${scalar(value, false)}\n${text.slice(at)}`;
}

/** The whole line; the first key shares its line with the dash and can only be changed. */
function removePair(text: string, rule: YAMLMap, pair: Pair): string | undefined {
  const { key, value } = pair;
  if (!isNode(key) || !key.range || !isNode(value) || !value.range || rule.items[0] === pair)
    return undefined;
  if (rule.flow === true) {
    const comma = text.lastIndexOf(",", key.range[0]);
    return comma === -1 ? undefined : text.slice(0, comma) + text.slice(value.range[1]);
  }
  const start = text.lastIndexOf("\n", key.range[0]) + 1;
  const newline = text.indexOf("\n", Math.max(0, value.range[1] - 1));
  return text.slice(0, start) + (newline === -1 ? "" : text.slice(newline + 1));
}
