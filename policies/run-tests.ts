/** Runs the `tests:` of a policy against the policy itself. Pure; `now` is for tests without `at:`. */
import type { EmbeddedTest } from "./compiled.ts";
import { type Explanation, explain } from "./explain.ts";
import type { PreparedPolicy } from "./match.ts";

export interface TestResult {
  readonly test: EmbeddedTest;
  readonly passed: boolean;
  readonly got: Explanation;
}

export function runTests(prepared: PreparedPolicy, now: number): TestResult[] {
  return prepared.policy.tests.map((test) => {
    const { plane, user, groups, terminal, target, at = now, resolves } = test;
    const got = explain(prepared, {
      plane,
      user,
      groups,
      target,
      at,
      ...(terminal !== undefined && { terminal }),
      ...(resolves !== undefined && { resolves }),
    });
    const passed =
      got.verdict === test.expect && (test.rule === undefined || got.rule === test.rule);
    return { test, passed, got };
  });
}
