/** `hanare policy test [FILE|DIR]`: runs the tests written in a policy against that policy. */
import type { EmbeddedTest } from "../../policies/compiled.ts";
import { preparePolicy } from "../../policies/match.ts";
import { runTests, type TestResult } from "../../policies/run-tests.ts";
import { exitCodes, loadOrComplain, print, readFileArgs } from "./policy-args.ts";

const help = `hanare policy test [FILE|DIR] [--json] [--data DIR]

Runs the "tests:" of a policy, without a running server and without any network. FILE defaults to the
installation's var/policy/policy.yaml.

FILE may be a folder with a policy.yaml in it: a policy repository is tested in any CI, without an engine
and without an installation.

Exit codes: 0 all passed, 1 at least one failed, 2 wrong usage, 3 the policy itself has mistakes.`;

export async function policyTest(args: string[]): Promise<number> {
  const asked = readFileArgs(args, help);
  if ("exitCode" in asked) return asked.exitCode;
  const { file, json } = asked;
  const loaded = await loadOrComplain(file, json);
  if (!loaded) return exitCodes.unreadable;
  const results = runTests(preparePolicy(loaded.policy, loaded.indexes), Date.now());
  const failed = results.filter(({ passed }) => !passed);
  if (json) print(JSON.stringify({ ok: failed.length === 0, file, results: results.map(asJson) }));
  else {
    for (const result of results)
      print(`${result.passed ? "ok  " : "FAIL"} ${describe(file, result)}`);
    print(
      `\n${results.length} 件中 ${results.length - failed.length} 件合格 / ${results.length - failed.length} of ${results.length} passed`,
    );
  }
  return failed.length === 0 ? exitCodes.ok : exitCodes.no;
}

const expectation = (test: EmbeddedTest) =>
  `${test.expect}${test.rule === undefined ? "" : ` ${test.rule}`}`;

function describe(file: string, { test, passed, got }: TestResult): string {
  const what = `${test.file ?? file}:${test.line} ${test.plane} ${test.target.text}`;
  if (passed) return `${what} → ${got.verdict} ${got.rule}`;
  return `${what} → 期待 / expected ${expectation(test)}, 結果 / got ${got.verdict} ${got.rule} (${got.reason})`;
}

function asJson({ test, passed, got }: TestResult) {
  const { line, file, plane, target, expect, rule } = test;
  return {
    line,
    ...(file !== undefined && { file }),
    plane,
    target: target.text,
    expect,
    rule,
    passed,
    got: { verdict: got.verdict, rule: got.rule, reason: got.reason },
  };
}
