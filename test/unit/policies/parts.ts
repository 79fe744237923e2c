/** A compiled policy from text, the way the loader makes one, without files. */
import { type CompileResult, compilePolicy } from "../../../policies/compile.ts";
import { parsePolicy } from "../../../policies/load.ts";
import { type PreparedPolicy, preparePolicy } from "../../../policies/match.ts";
import { formatProblem, type Problem } from "../../../policies/problem.ts";

export function compileText(
  text: string,
  lists: Readonly<Record<string, string>> = {},
): CompileResult {
  const parsed = parsePolicy(text, "policy.yaml");
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
