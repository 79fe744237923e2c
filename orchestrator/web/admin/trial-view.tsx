/** What a trial found: mistakes, failed tests, what opens and closes, what yesterday's traffic would have met. */
import type { Trial } from "../../http/policy-contract.ts";
import { formatNumber } from "../base/format.ts";
import { useLanguage, useText } from "../base/language.ts";
import { Banner } from "../ui/banner.tsx";
import { DiffView } from "./diff-view.tsx";
import { VerdictBadge } from "./explanation-view.tsx";

const shownChanges = 20;

export function TrialResult(props: { readonly trial: Trial }): React.JSX.Element {
  const t = useText();
  const language = useLanguage();
  const { trial } = props;
  const { passed, failed } = trial.tests;
  return (
    <div className="flex flex-col gap-4" data-testid="trial" data-ok={trial.ok}>
      <Banner tone={trial.ok ? "good" : "danger"} title={t(trial.ok ? "trial.ok" : "trial.notOk")}>
        {trial.compiled !== null && <p>{t("trial.tests", { passed, failed: failed.length })}</p>}
        <ul className="ml-5 list-disc">
          {trial.problems.map((problem) => (
            <li key={`${problem.file}:${problem.line}:${problem.en}`} className="break-words">
              <code className="mr-2 font-mono">
                {problem.file}:{problem.line}
              </code>
              {problem[language]}
            </li>
          ))}
          {failed.map((test) => (
            <li key={`${test.line} ${test.target}`} className="break-words">
              {t("trial.failedTest", {
                line: test.line,
                target: test.target,
                expected: test.expected,
                got: test.got,
              })}
            </li>
          ))}
        </ul>
      </Banner>
      {trial.diff && <DiffView diff={trial.diff} />}
      {trial.replay && <Replay replay={trial.replay} />}
      {trial.compiled !== null && <Lint findings={trial.lint} />}
    </div>
  );
}

function Lint(props: { readonly findings: Trial["lint"] }): React.JSX.Element {
  const t = useText();
  const language = useLanguage();
  if (props.findings.length === 0)
    return <p className="text-[0.875rem] text-muted">{t("trial.lintNone")}</p>;
  return (
    <details>
      <summary className="cursor-pointer text-[0.9375rem] text-primary underline underline-offset-4">
        {t("trial.lint", { count: props.findings.length })}
      </summary>
      <ul className="ml-5 mt-1 list-disc text-[0.875rem]">
        {props.findings.map((finding) => (
          <li key={`${finding.file}:${finding.line}:${finding.code}:${finding.en}`}>
            <code className="mr-2 font-mono">
              {finding.file}:{finding.line}
            </code>
            {finding[language]}
          </li>
        ))}
      </ul>
    </details>
  );
}

function Replay(props: { readonly replay: NonNullable<Trial["replay"]> }): React.JSX.Element {
  const t = useText();
  const language = useLanguage();
  const { records, opened, closed, otherwise, changes } = props.replay;
  const number = (value: number) => formatNumber(language, value);
  return (
    <section data-testid="replay">
      <h3 className="text-std-16B-170">{t("trial.replay")}</h3>
      <p className="text-[0.9375rem]">
        {records === 0
          ? t("trial.replayNone")
          : t("trial.replayFigures", {
              records: number(records),
              opened: number(opened),
              closed: number(closed),
              otherwise: number(otherwise),
            })}
      </p>
      {changes.length > 0 && (
        <table className="table-plain mt-2 text-[0.875rem]">
          <thead>
            <tr>
              <th scope="col">{t("trial.host")}</th>
              <th scope="col">{t("trial.group")}</th>
              <th scope="col">{t("trial.change")}</th>
              <th scope="col" className="text-right">
                {t("trial.count")}
              </th>
            </tr>
          </thead>
          <tbody>
            {changes.slice(0, shownChanges).map((change) => (
              <tr key={`${change.plane} ${change.host} ${change.groups} ${change.toRule}`}>
                <td className="break-all">{change.host}</td>
                <td>{change.groups === "" ? t("trial.noGroup") : change.groups}</td>
                <td className="whitespace-nowrap">
                  <VerdictBadge verdict={change.from} /> → <VerdictBadge verdict={change.to} />
                </td>
                <td className="text-right tabular-nums">{number(change.count)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
