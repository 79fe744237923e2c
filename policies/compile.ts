/**
 * From a policy file that has the right shape to the snapshot that is decided on. Pure: the texts of
 * list files are passed in. Finds what the shape cannot say: names that refer to nothing, ids used
 * twice, entries that would never match, actions a plane does not have. All problems at once, each at
 * its line. The steps are in compile/.
 */
import { createHash } from "node:crypto";
import { broadEntries } from "./compile/broad.ts";
import { type CompileInput, type Context, type Report } from "./compile/context.ts";
import { compileFeeds } from "./compile/feeds.ts";
import { compileGuards, compileTerminalGroups } from "./compile/guards.ts";
import { compileList } from "./compile/lists.ts";
import { compileParents } from "./compile/parents.ts";
import { compileRights } from "./compile/rights.ts";
import { compileRules } from "./compile/rules.ts";
import { compileTest } from "./compile/tests.ts";
import type { CompiledPolicy } from "./compiled.ts";
import { type Problem, quote } from "./problem.ts";
import type { PolicyFile } from "./schema.ts";
import { isTimeZone } from "./time-window.ts";

export type CompileResult =
  | {
      readonly ok: true;
      readonly policy: CompiledPolicy;
      /** Allowed, and probably not meant. */
      readonly warnings: readonly Problem[];
    }
  | { readonly ok: false; readonly problems: readonly Problem[] };

export function compilePolicy(input: CompileInput): CompileResult {
  const problems: Problem[] = [];
  const warnings: Problem[] = [];
  const into =
    (list: Problem[]): Report =>
    (path, ja, en) => {
      const { file = input.file, line, column } = input.positions.of(path);
      list.push({ file, line, column, ja, en });
    };
  const report = into(problems);
  const { value } = input;
  const tz = zoneOf(value, report);
  const context: Context = { ...input, problems, report, warn: into(warnings), tz };
  checkDefaults(context);
  const content: Omit<CompiledPolicy, "version"> = {
    name: value.name,
    mode: value.mode,
    defaults: value.defaults,
    groups: Object.keys(value.groups),
    terminalGroups: compileTerminalGroups(context),
    guards: compileGuards(context),
    parents: compileParents(context),
    ...compileFeeds(context),
    ...compileRights(context),
    lists: Object.keys(value.lists).map((id) => compileList(context, id)),
    rules: compileRules(context),
    tests: value.tests.map((_, index) => compileTest(context, index)),
  };
  if (problems.length > 0) return { ok: false, problems: problems.toSorted(byPlace(input.file)) };
  const version = createHash("sha256").update(JSON.stringify(content)).digest("hex");
  const policy = { version, ...content };
  const broad = broadEntries(policy, context);
  if (broad.problems.length > 0)
    return { ok: false, problems: broad.problems.toSorted(byPlace(input.file)) };
  warnings.push(...broad.warnings);
  return { ok: true, policy, warnings: warnings.toSorted(byPlace(input.file)) };
}

/** The main file first, then list files by name; inside a file by line. */
function byPlace(main: string): (a: Problem, b: Problem) => number {
  const rank = (problem: Problem) => (problem.file === main ? "" : problem.file);
  return (a, b) => rank(a).localeCompare(rank(b)) || a.line - b.line || a.column - b.column;
}

function zoneOf(value: PolicyFile, report: Report): string {
  if (isTimeZone(value.tz)) return value.tz;
  report(
    ["tz"],
    `「${quote(value.tz)}」という時間帯はありません。「Asia/Tokyo」のように書いてください。`,
    `There is no time zone "${quote(value.tz)}"; write one such as "Asia/Tokyo".`,
  );
  return "UTC";
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
