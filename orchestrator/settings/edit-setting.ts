/**
 * Sets one value in the YAML of the configuration: every other byte stays, comments and order included. The place is
 * found with the YAML parser, the change is made in the text, and the result is parsed again and must say exactly
 * what was meant; anything else is refused. Pure.
 */
import { isDeepStrictEqual } from "node:util";
import { isMap, isPair, isScalar, isSeq, type Pair, parseDocument, type YAMLMap } from "yaml";
import type { SettingValue } from "./types.ts";

type Path = readonly string[];
type Tree = Record<string, unknown>;

/** Undefined where the text cannot be changed safely. `null` takes the setting away. */
export function editSetting(text: string, path: Path, value: SettingValue): string | undefined {
  const document = parseDocument(text);
  const root = document.contents;
  if (document.errors.length > 0 || (root !== null && !isMap(root))) return undefined;
  const tree = treeOf(document);
  if (tree === undefined) return undefined;
  const wanted = withValue(tree, path, value);
  const edited = root === null ? appended(text, path, value) : changed(text, root, path, value);
  return edited !== undefined && says(edited, wanted) ? edited : undefined;
}

function changed(text: string, root: YAMLMap, path: Path, value: SettingValue): string | undefined {
  let map = root;
  for (const [depth, key] of path.entries()) {
    const pair = pairOf(map, key);
    if (pair === undefined)
      return value === null
        ? text
        : depth === 0
          ? appended(text, path, value)
          : inserted(text, map, path.slice(depth), value);
    if (depth === path.length - 1) return replaced(text, map, pair, value);
    if (!isMap(pair.value)) return undefined;
    map = pair.value;
  }
  return undefined;
}

const pairOf = (map: YAMLMap, key: string): Pair | undefined =>
  map.items.find((pair) => isPair(pair) && isScalar(pair.key) && pair.key.value === key);

/** The value's own bytes, or the whole line of the key. */
function replaced(
  text: string,
  map: YAMLMap,
  { key, value: old }: Pair,
  value: SettingValue,
): string | undefined {
  if (!(isScalar(old) || isSeq(old)) || !isScalar(key) || !old.range || !key.range)
    return undefined;
  // A list on lines of its own moves up to its key, and ends where the next line begins.
  const isBlock = isSeq(old) && old.flow !== true;
  const from = isBlock ? text.indexOf(":", key.range[1]) + 1 : old.range[0];
  const said = text.slice(from, old.range[1]).trimEnd();
  // A comment inside it would be lost.
  if (isSeq(old) && said.includes("#")) return undefined;
  const to = from + said.length;
  if (value !== null)
    return `${text.slice(0, from)}${isBlock ? " " : ""}${JSON.stringify(value)}${text.slice(to)}`;
  if (map.flow === true || map.items.length === 1) return undefined;
  const lineFrom = text.lastIndexOf("\n", key.range[0] - 1) + 1;
  const lineTo = text.indexOf("\n", to);
  return text.slice(0, lineFrom) + (lineTo === -1 ? "" : text.slice(lineTo + 1));
}

/** On a line of its own below another single line of the map, in the same column; else before its first key. */
function inserted(text: string, map: YAMLMap, path: Path, value: SettingValue): string | undefined {
  if (map.flow === true) {
    const open = map.range?.[0];
    if (open === undefined) return undefined;
    const rest = map.items.length === 0 ? " " : ", ";
    return `${text.slice(0, open + 1)} ${flow(path, value)}${rest}${text.slice(open + 1).trimStart()}`;
  }
  const first = startOf(map.items[0]);
  if (first === undefined) return undefined;
  const lineStart = text.lastIndexOf("\n", first - 1) + 1;
  const indent = text.slice(lineStart, first);
  if (indent.trim() !== "") return undefined;
  const line = block(path, value, indent);
  const above = map.items.findLast((pair) => isOneLine(text, pair))?.value;
  if (!isScalar(above) || !above.range)
    return text.slice(0, lineStart) + line + text.slice(lineStart);
  const end = text.indexOf("\n", above.range[1]);
  return end === -1 ? `${text}\n${line}` : text.slice(0, end + 1) + line + text.slice(end + 1);
}

const startOf = (pair: Pair | undefined): number | undefined =>
  isScalar(pair?.key) ? pair.key.range?.[0] : undefined;

function isOneLine(text: string, pair: Pair): boolean {
  const start = startOf(pair);
  if (start === undefined || !isScalar(pair.value) || !pair.value.range) return false;
  return !text.slice(start, pair.value.range[1]).includes("\n");
}

function appended(text: string, path: Path, value: SettingValue): string {
  if (value === null) return text;
  return `${text}${text === "" || text.endsWith("\n") ? "" : "\n"}${block(path, value, "")}`;
}

function block([key = "", ...rest]: Path, value: SettingValue, indent: string): string {
  return rest.length === 0
    ? `${indent}${key}: ${JSON.stringify(value)}\n`
    : `${indent}${key}:\n${block(rest, value, `${indent}  `)}`;
}

function flow([key = "", ...rest]: Path, value: SettingValue): string {
  // JSON is YAML: a file that was written as JSON stays that.
  const said = rest.length === 0 ? JSON.stringify(value) : `{ ${flow(rest, value)} }`;
  return `${JSON.stringify(key)}: ${said}`;
}

function withValue(tree: Tree, [key = "", ...rest]: Path, value: SettingValue): Tree {
  if (rest.length === 0) {
    const { [key]: _old, ...others } = tree;
    return value === null ? others : { ...tree, [key]: value };
  }
  const inner = tree[key];
  if (value === null && inner === undefined) return tree;
  return { ...tree, [key]: withValue((inner ?? {}) as Tree, rest, value) };
}

/** Undefined for a text with aliases that lead nowhere, or that grow without end. */
export function treeOf(document: ReturnType<typeof parseDocument>): Tree | undefined {
  if (document.errors.length > 0) return undefined;
  try {
    return (document.toJS({ maxAliasCount: 100 }) ?? {}) as Tree;
  } catch {
    return undefined;
  }
}

function says(text: string, wanted: Tree): boolean {
  return isDeepStrictEqual(treeOf(parseDocument(text)), wanted);
}
