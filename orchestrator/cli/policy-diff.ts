/** `hanare policy diff A B`: what opens and what closes between two policies, files or kept versions. */
import { type DiffReport, diffPolicies } from "../../policies/diff.ts";
import { readSource } from "../../policies/lint-source.ts";
import { formatProblem } from "../../policies/problem.ts";
import { withPolicyFile } from "./policy-versions.ts";
import { commonOptions, runCommand, UsageError } from "./command.ts";
import { complain, exitCodes, print } from "./policy-args.ts";

const help = `hanare policy diff A B [--json] [--data DIR]

Says in words what opens and what closes when policy A is replaced by policy B, for which groups and
planes, and what could not be compared. A and B are policy files, or numbers of kept versions (see
"hanare policy history"), or "current" for the version in force.

Exit codes: 0 no difference, 1 they differ, 2 wrong usage, 3 a policy has mistakes or is not there.`;

const options = { ...commonOptions, json: { type: "boolean", default: false } } as const;

export function policyDiff(args: string[]): Promise<number> {
  return runCommand({ help: `${help}\n`, options }, args, async ({ values, positionals }) => {
    const [a, b, ...rest] = positionals;
    if (a === undefined || b === undefined || rest.length > 0)
      throw new UsageError("Name exactly two policies.");
    const report = await withPolicyFile(a, values.data, (before) =>
      withPolicyFile(b, values.data, (after) => compare(before, after)),
    );
    if (!report) return exitCodes.unreadable;
    if (values.json) print(JSON.stringify({ a, b, ...report }));
    else printDiff(report);
    return report.same ? exitCodes.ok : exitCodes.no;
  });
}

async function compare(before: string, after: string): Promise<DiffReport | undefined> {
  const [old, fresh] = [await readSource(before), await readSource(after)];
  if (old.ok && fresh.ok) return diffPolicies(old.source, fresh.source, Date.now());
  for (const read of [old, fresh])
    if (!read.ok) for (const problem of read.problems) complain(formatProblem(problem));
  return undefined;
}

export function printDiff({ same, written, effects, limits }: DiffReport): void {
  if (same && written.length === 0) {
    print("違いはありません / no difference");
    return;
  }
  if (written.length > 0) print("書かれたものの違い / what is written");
  for (const { ja, en } of written) print(`  ${ja} / ${en}`);
  print(
    effects.length > 0
      ? "\n効き目の違い / what it does"
      : "\n効き目の違いは見つかりません / no effect was found",
  );
  for (const { ja, en } of effects) print(`  ${ja}\n    ${en}`);
  if (limits.length > 0) print("\n調べていないこと / what was not tried");
  for (const { ja, en } of limits) print(`  ${ja} / ${en}`);
}
