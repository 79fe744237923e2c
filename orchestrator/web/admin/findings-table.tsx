/** What was looked at, whether it is well, what was found, and where something is wrong how to mend it. */
import type { HealthView, IsolationReport } from "../../http/overview-contract.ts";
import { useLanguage, useText } from "../base/language.ts";
import { Badge, type BadgeTone } from "../ui/badge.tsx";
import { Card } from "../ui/page-shell.tsx";
import type { IconName } from "../ui/icons.tsx";
import { TableHead } from "../ui/table-head.tsx";

type Check = NonNullable<HealthView["report"]>["checks"][number];
type Finding = Check | IsolationReport["host"][number];

const looks: Readonly<
  Record<Check["level"], { readonly tone: BadgeTone; readonly icon: IconName }>
> = {
  ok: { tone: "good", icon: "check" },
  warn: { tone: "caution", icon: "warning" },
  fail: { tone: "danger", icon: "blocked" },
};

export function FindingsTable(props: {
  readonly findings: readonly Finding[];
  readonly testId: string;
}): React.JSX.Element {
  const t = useText();
  const language = useLanguage();
  return (
    <Card className="overflow-x-auto">
      <table className="table-plain text-[0.9375rem]" data-testid={props.testId}>
        <TableHead columns={[t("finding.row"), t("finding.level"), t("finding.found")]} />
        <tbody>
          {props.findings.map((finding) => (
            <tr key={finding.id} data-check={finding.id} data-level={finding.level}>
              <td className="min-w-72">
                <span className="font-bold">{t(`finding.row.${finding.id}`)}</span>
                <span className="block text-[0.875rem] text-muted">
                  {t(`finding.why.${finding.id}`)}
                </span>
              </td>
              <td>
                <Badge {...looks[finding.level]} text={t(`finding.level.${finding.level}`)} />
              </td>
              <td className="w-full break-words text-[0.875rem]">
                <span className="whitespace-pre-wrap break-all font-mono">
                  {("found" in finding ? finding.found : finding.detail)[language]}
                </span>
                {"problem" in finding && (
                  <NextStep problem={finding.problem} level={finding.level} />
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}

function NextStep(props: {
  readonly problem: NonNullable<Check["problem"]>;
  readonly level: Check["level"];
}): React.JSX.Element {
  const t = useText();
  const language = useLanguage();
  const { mend, instead, besides, ...words } = props.problem;
  return (
    <div
      className={`mt-2 border-l-4 pl-3 text-[0.9375rem] ${props.level === "fail" ? "border-danger" : "border-caution"}`}
    >
      <p className="font-bold">{words[language]}</p>
      <p className="mt-1 text-muted">{t("finding.next")}</p>
      <code className="block break-all">{mend}</code>
      {instead !== undefined && (
        <>
          <p className="mt-1 text-muted">{t("finding.or")}</p>
          <code className="block break-all">{instead}</code>
        </>
      )}
      {besides && <p className="mt-1">{besides[language]}</p>}
    </div>
  );
}
