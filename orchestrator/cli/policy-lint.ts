/** `hanare policy lint [FILE]`: what a policy says that its writer hardly means. */
import { lintPolicy } from "../../policies/lint.ts";
import { readSource } from "../../policies/lint-source.ts";
import { formatProblem } from "../../policies/problem.ts";
import { complain, exitCodes, print, readFileArgs } from "./policy-args.ts";

const help = `hanare policy lint [FILE] [--json] [--data DIR]

Looks for rules that are never reached, entries that another one takes, repeats, things past their day,
names that open too much, and lists and groups with nothing in them; without a running server. FILE
defaults to the installation's var/policy/policy.yaml.

Exit codes: 0 nothing found, 1 something found, 2 wrong usage, 3 the policy itself has mistakes.`;

export async function policyLint(args: string[]): Promise<number> {
  const asked = readFileArgs(args, help);
  if ("exitCode" in asked) return asked.exitCode;
  const { file, json } = asked;
  const read = await readSource(file);
  if (!read.ok) {
    if (json) print(JSON.stringify({ ok: false, file, problems: read.problems }));
    else for (const problem of read.problems) complain(formatProblem(problem));
    return exitCodes.unreadable;
  }
  const findings = lintPolicy(read.source, { now: Date.now() });
  if (json) print(JSON.stringify({ ok: findings.length === 0, file, findings }));
  else if (findings.length === 0) print(`${file}: 気になる点はありません / nothing found`);
  else
    for (const { file: where, line, code, ja, en } of findings)
      print(`${where}:${line}: [${code}] ${ja} / ${en}`);
  return findings.length === 0 ? exitCodes.ok : exitCodes.no;
}
