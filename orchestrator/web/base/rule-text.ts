/** The rule that refused something, as people are told of it. */
import type { RefusalView } from "../../http/request-contract.ts";
import type { Translate } from "./language.ts";

export function ruleText(t: Translate, refusal: Pick<RefusalView, "rule" | "ruleName">): string {
  if (refusal.rule === "default") return t("explain.default");
  return refusal.ruleName === undefined ? refusal.rule : `${refusal.rule}  ${refusal.ruleName}`;
}
