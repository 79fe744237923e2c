/** An explanation for people: what was decided, by which rule and entry, and which rules were passed over and why. */
import type { ExplanationView } from "../../http/policy-contract.ts";
import { type Translate, useText } from "../base/language.ts";
import { Badge, type BadgeTone } from "../ui/badge.tsx";
import type { IconName } from "../ui/icons.tsx";

type Verdict = ExplanationView["verdict"];
type Hit = NonNullable<ExplanationView["trace"][number]["hit"]>;

const verdicts: Readonly<Record<Verdict, { readonly tone: BadgeTone; readonly icon: IconName }>> = {
  allow: { tone: "good", icon: "check" },
  block: { tone: "danger", icon: "blocked" },
  direct: { tone: "info", icon: "forward" },
  isolate: { tone: "info", icon: "shield" },
};

export function VerdictBadge(props: { readonly verdict: Verdict }): React.JSX.Element {
  const t = useText();
  return <Badge {...verdicts[props.verdict]} text={t(`policy.action.${props.verdict}`)} />;
}

export function ExplanationFacts(props: {
  readonly explanation: ExplanationView;
  readonly owner: string | null;
}): React.JSX.Element {
  const t = useText();
  const { verdict, decision, address } = props.explanation;
  return (
    <dl className="grid grid-cols-[max-content_1fr] gap-x-6 gap-y-2 text-[0.9375rem]">
      <dt className="text-muted">{t("explain.verdict")}</dt>
      <dd data-testid="explain-verdict" data-verdict={verdict}>
        <VerdictBadge verdict={verdict} />
      </dd>
      <dt className="text-muted">{t("explain.rule")}</dt>
      <dd className="break-all">{deciderText(t, props.explanation)}</dd>
      {decision?.hit && <Fact name={t("explain.hit")} value={hitText(t, decision.hit)} />}
      {props.owner !== null && <Fact name={t("explain.owner")} value={props.owner} />}
      {decision?.message !== undefined && (
        <Fact name={t("block.message")} value={decision.message} />
      )}
      {decision?.would !== undefined && <Fact name={t("explain.would")} value={decision.would} />}
      {address !== undefined && <Fact name={t("explain.address")} value={address} />}
    </dl>
  );
}

function Fact(props: { readonly name: string; readonly value: string }): React.JSX.Element {
  return (
    <>
      <dt className="text-muted">{props.name}</dt>
      <dd className="break-all">{props.value}</dd>
    </>
  );
}

function deciderText(t: Translate, { rule, reason, decision }: ExplanationView): string {
  if (rule.startsWith("guard.")) return `${rule}（${reason}） ${t("explain.guard")}`;
  if (rule === "default") return t("explain.default");
  return [rule, decision?.ruleName].filter((part) => part !== undefined).join("  ");
}

export function hitText(t: Translate, { list, file, entry, line }: Hit): string {
  const place = file ?? list;
  return place === undefined
    ? t("explain.hitInRule", { entry, line })
    : t("explain.hitAt", { entry, file: place, line });
}

export function TraceTable(props: { readonly trace: ExplanationView["trace"] }): React.JSX.Element {
  const t = useText();
  if (props.trace.length === 0)
    return <p className="px-5 py-6 text-muted">{t("explain.traceEmpty")}</p>;
  return (
    <table className="table-plain text-[0.875rem]" data-testid="explain-trace">
      <thead>
        <tr>
          <th scope="col">{t("policy.ruleId")}</th>
          <th scope="col">{t("policy.ruleName")}</th>
          <th scope="col">{t("explain.outcome")}</th>
          <th scope="col">{t("explain.hit")}</th>
          <th scope="col" className="text-right">
            {t("policy.ruleLine")}
          </th>
        </tr>
      </thead>
      <tbody>
        {props.trace.map(({ rule, ruleName, line, outcome, hit }, index) => (
          <tr key={`${rule} ${index}`} className={outcome === "matched" ? "font-bold" : ""}>
            <td className="whitespace-nowrap font-mono">{rule}</td>
            <td>{ruleName}</td>
            <td>{t(`explain.outcome.${outcome}`)}</td>
            <td className="break-all">{hit ? hitText(t, hit) : ""}</td>
            <td className="text-right tabular-nums">{line}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
