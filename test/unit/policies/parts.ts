/** A compiled policy from text, the way the loader makes one, without files. */
import { type CompileResult, compilePolicy } from "../../../policies/compile.ts";
import { parseYaml } from "../../../policies/parse-yaml.ts";
import { policySchema } from "../../../policies/schema.ts";
import { zodProblems } from "../../../policies/zod-problems.ts";
import { type PreparedPolicy, preparePolicy } from "../../../policies/match.ts";
import { formatProblem, type Problem } from "../../../policies/problem.ts";

/** One file alone, without what it includes. */
export function parseText(text: string, file = "policy.yaml") {
  const yaml = parseYaml(text, file);
  if (!yaml.ok) return yaml;
  const { value, positions } = yaml;
  const checked = policySchema.safeParse(value, { reportInput: true });
  return checked.success
    ? { ok: true as const, value: checked.data, positions }
    : { ok: false as const, problems: zodProblems(file, checked.error.issues, positions) };
}

export function compileText(
  text: string,
  lists: Readonly<Record<string, string>> = {},
): CompileResult {
  const parsed = parseText(text);
  if (!parsed.ok) return parsed;
  const { value, positions } = parsed;
  return compilePolicy({
    value,
    positions,
    file: "policy.yaml",
    folder: ".",
    sources: new Map(
      Object.entries(lists).map(([name, text]) => [name, { kind: "text", text } as const]),
    ),
  });
}

export function prepared(
  text: string,
  lists: Readonly<Record<string, string>> = {},
): PreparedPolicy {
  const result = compileText(text, lists);
  if (!result.ok) throw new Error(result.problems.map(formatProblem).join("\n"));
  return preparePolicy(result.policy);
}

export function problemsOf(
  text: string,
  lists: Readonly<Record<string, string>> = {},
): readonly Problem[] {
  const result = compileText(text, lists);
  return result.ok ? [] : result.problems;
}
