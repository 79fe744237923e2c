/** What the steps of the compiler share: the parsed file, where its parts stand, and the way to report. Pure. */
import type { BuiltIndex } from "../index/build.ts";
import type { Path, Places } from "../positions.ts";
import { nearest, type Problem, quote } from "../problem.ts";
import type { PolicyFile } from "../schema.ts";
import { endOfDay } from "../time-window.ts";

export interface CompileInput {
  readonly value: PolicyFile;
  readonly positions: Places;
  /** Name of the main file, for messages. */
  readonly file: string;
  readonly folder: string;
  /** Files besides the main one, by path as written in the policy. */
  readonly sources: ReadonlyMap<string, Source>;
}

/** What became of a file: its text, or the index of a big list, or why there is neither. */
export type Source =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "index"; readonly built: BuiltIndex }
  | { readonly kind: "absent" | "too-large" }
  | { readonly kind: "not-utf8"; readonly line: number };

export type Report = (path: Path, ja: string, en: string) => void;

export interface Context extends CompileInput {
  readonly problems: Problem[];
  readonly report: Report;
  /** For what is allowed and probably not meant. */
  readonly warn: Report;
  readonly tz: string;
}

export function expiry(
  context: Context,
  path: Path,
  date: string | undefined,
): { expiresAt?: number } {
  if (date === undefined) return {};
  const [year = 0, month = 1, day = 1] = date.split("-").map(Number);
  if (new Date(Date.UTC(year, month - 1, day)).getUTCDate() !== day) {
    context.report(path, `「${date}」という日はありません。`, `There is no day ${date}.`);
  }
  return { expiresAt: endOfDay(date, context.tz) };
}

export function unknownName(
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

export function checkGroups(context: Context, path: Path, groups: readonly string[]): void {
  const known = Object.keys(context.value.groups);
  for (const [index, group] of groups.entries()) {
    if (!known.includes(group))
      context.report([...path, index], ...unknownName("グループ", "group", group, known));
  }
}

export function checkPorts(context: Context, ports: readonly number[], path: Path): void {
  const { connect, http } = context.value.guards.ports;
  for (const [index, port] of ports.entries()) {
    if (connect.includes(port) || http.includes(port)) continue;
    context.report(
      [...path, index],
      `ポート ${port} は guards.ports で開いていないため、この規則は一致しません。先に guards.ports に書いてください。`,
      `Port ${port} is closed by guards.ports, so this rule can never match; write it there first.`,
    );
  }
}

/** Line and, in an included file, the file's name as the policy has it. */
export function placeOf(context: Context, path: Path): { line: number; file?: string } {
  const { line, name } = context.positions.of(path);
  return { line, ...(name !== undefined && { file: name }) };
}

/** Names that the log and the block page use for other things. */
const reservedIds = new Set(["default", "guard", "builtin", "none"]);

/** Says so when an id is reserved or was used before; `firstLine` remembers across calls. */
export function checkId(
  context: Context,
  path: Path,
  id: string,
  firstLine: Map<string, number>,
): void {
  const before = firstLine.get(id);
  if (reservedIds.has(id.toLowerCase())) {
    context.report(
      [...path, "id"],
      `「${id}」は規則の番号に使えません。R100 のように書いてください。`,
      `"${id}" is reserved; write an id such as R100.`,
    );
  } else if (before !== undefined) {
    context.report(
      [...path, "id"],
      `規則の番号「${id}」は ${before} 行目でも使われています。別の番号にしてください。`,
      `The rule id "${id}" is used on line ${before} already; write another one.`,
    );
  }
  firstLine.set(id, before ?? context.positions.of(path).line);
}
