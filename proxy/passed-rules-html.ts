/**
 * The rules that were passed over, for the block page: folded away, opened by mouse or keyboard without a
 * script. Pure.
 */
import type { PassedRules } from "../policies/passed-rules.ts";
import { escapeHtml } from "./escape-html.ts";

const reasons: Readonly<Record<PassedRules["rules"][number]["why"], readonly [string, string]>> = {
  expired: ["期限切れ", "expired"],
  time: ["時間帯が違う", "other time"],
  port: ["ポートが違う", "other port"],
  path: ["パスが違う", "other path"],
  host: ["接続先が載っていない", "host not listed"],
  "report-only": ["一致（試行中のため働かない）", "matched, on trial only"],
};

export function passedRulesHtml({ rules, others }: PassedRules): string {
  if (rules.length + others === 0) return "";
  const items = rules.map(({ rule, ruleName = "", why }) => {
    const [ja, en] = reasons[why];
    return `<li>${escapeHtml(`${rule} ${ruleName}`.trim())}: ${ja} / ${en}</li>`;
  });
  const rest =
    others === 0
      ? ""
      : `<li>ほかに ${others} 件（対象の人・端末・通信が違うものなど） / ${others} more, such as those for other people, terminals or traffic</li>`;
  return `<details><summary>先に調べ、当てはまらなかった規則 / Rules looked at before, which did not apply</summary><ol>${items.join("")}${rest}</ol></details>`;
}
