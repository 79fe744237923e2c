/** The embedded `tests:`. Pure. */
import { isIP } from "node:net";
import type { EmbeddedTest } from "../compiled.ts";
import type { Path } from "../positions.ts";
import { quote } from "../problem.ts";
import { checkGroups, type Context, placeOf, unknownName } from "./context.ts";

export function compileTest(context: Context, index: number): EmbeddedTest {
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
  checkGroups(context, [...path, "groups"], test.groups);
  checkTerminal(context, test.terminal, [...path, "terminal"]);
  checkTestRule(context, test.rule, [...path, "rule"]);
  return {
    ...placeOf(context, path),
    plane: test.plane,
    user: test.user,
    groups: test.groups,
    target:
      test.url === undefined
        ? { kind: "connect", text: test.connect ?? "" }
        : { kind: "url", text: test.url },
    expect: test.expect,
    ...(test.terminal !== undefined && { terminal: test.terminal }),
    ...(at !== undefined && { at }),
    ...(test.resolves && { resolves: test.resolves }),
    ...(test.rule !== undefined && { rule: test.rule }),
  };
}

function checkTerminal(context: Context, terminal: string | undefined, path: Path): void {
  if (terminal === undefined || isIP(terminal) !== 0) return;
  context.report(
    path,
    `「${quote(terminal)}」は端末のアドレスではありません。「10.1.2.3」のように書いてください。`,
    `"${quote(terminal)}" is not the address of a terminal; write one such as "10.1.2.3".`,
  );
}

function checkTestRule(context: Context, rule: string | undefined, path: Path): void {
  if (rule === undefined || rule === "default" || rule.startsWith("guard.")) return;
  const known = context.value.rules.map(({ id }) => id);
  if (!known.includes(rule)) context.report(path, ...unknownName("規則", "rule", rule, known));
}
