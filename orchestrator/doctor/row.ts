/** One check and what it found. */
import { fail, type Finding } from "../../setup/checks/finding.ts";
import { describeProblem, SetupError } from "../../setup/problems.ts";
import { describeError } from "../base/errors.ts";
import type { HealthCheck, HealthCheckId } from "./types.ts";

export interface Row {
  readonly id: HealthCheckId;
  readonly finding: Finding;
}

/** A check that throws is a check that failed: what it found out is in its error. */
export async function row(id: HealthCheckId, check: () => Promise<Finding>): Promise<Row> {
  try {
    return { id, finding: await check() };
  } catch (error) {
    if (error instanceof SetupError)
      return { id, finding: fail(error.code, error.code, error.facts) };
    const what = describeError(error);
    return { id, finding: fail(what, "CHECK_FAILED", { what }) };
  }
}

/** The row with its words; what the command prints as JSON and the API answers. */
export function toCheck({ id, finding }: Row): HealthCheck {
  const { level, detail, problem } = finding;
  return {
    ...{ id, level, detail },
    ...(problem && {
      problem: { code: problem.code, ...describeProblem(problem.code, problem.facts) },
    }),
  };
}
