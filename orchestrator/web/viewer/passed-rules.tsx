/** The rules that a refused request went past, folded away; `details` opens by keyboard as by mouse. */
import type { RefusalView } from "../../http/request-contract.ts";
import { useText } from "../base/language.ts";

export function PassedRules(props: {
  readonly passed: NonNullable<RefusalView["passed"]>;
}): React.JSX.Element | null {
  const t = useText();
  const { rules, others } = props.passed;
  if (rules.length + others === 0) return null;
  return (
    <details className="mx-10 mt-4 text-[0.9375rem]" data-testid="passed-rules">
      <summary className="w-fit cursor-pointer text-primary">{t("block.passed")}</summary>
      <ul className="mt-2 max-h-60 overflow-y-auto rounded-8 border border-line">
        {rules.map(({ rule, ruleName, why }, index) => (
          <li
            key={`${rule} ${index}`}
            className="flex gap-4 border-b border-line px-4 py-1.5 last:border-b-0"
          >
            <span className="shrink-0 font-mono">{rule}</span>
            <span className="grow break-all">{ruleName}</span>
            <span className="shrink-0 text-muted">{t(`explain.outcome.${why}`)}</span>
          </li>
        ))}
        {others > 0 && (
          <li className="px-4 py-1.5 text-muted">{t("block.passedOthers", { count: others })}</li>
        )}
      </ul>
    </details>
  );
}
