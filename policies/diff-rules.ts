/** Which rules differ between two policies, in what they say or in their order. Pure. */
import { isDeepStrictEqual } from "node:util";
import type { CompiledPolicy, CompiledRule } from "./compiled.ts";

/** Rules that are new, gone, changed or moved, each as it stands where it stands. */
export function changedRules(
  before: CompiledPolicy,
  after: CompiledPolicy,
): { readonly rule: CompiledRule; readonly isNew: boolean }[] {
  const plain = (rule: CompiledRule) => ({ ...rule, line: 0, to: { ...rule.to, lines: [] } });
  const differs = (
    rule: CompiledRule,
    others: readonly CompiledRule[],
    own: readonly CompiledRule[],
  ) => {
    const other = others.find(({ id }) => id === rule.id);
    if (!other || !isDeepStrictEqual(plain(rule), plain(other))) return true;
    const order = (rules: readonly CompiledRule[], theirs: readonly CompiledRule[]) =>
      rules
        .slice(
          0,
          rules.findIndex(({ id }) => id === rule.id),
        )
        .map(({ id }) => id)
        .filter((id) => theirs.some((each) => each.id === id));
    return !isDeepStrictEqual(order(own, others), order(others, own));
  };
  return [
    ...after.rules
      .filter((rule) => differs(rule, before.rules, after.rules))
      .map((rule) => ({ rule, isNew: true })),
    ...before.rules
      .filter((rule) => differs(rule, after.rules, before.rules))
      .map((rule) => ({ rule, isNew: false })),
  ];
}
