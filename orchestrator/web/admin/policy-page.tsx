/** The policy in force: version, rules, lists, and what is wrong with a newer file. Rules and lists can be edited from here. */
import { useState } from "react";
import type { FeedView, PolicyStatus } from "../../http/overview-contract.ts";
import { formatNumber, formatTime } from "../base/format.ts";
import { useLanguage, useText } from "../base/language.ts";
import { useLoad } from "../base/use-load.ts";
import { isTextName, text } from "../i18n/dictionary.ts";
import type { Language } from "../i18n/language.ts";
import { Badge, type BadgeTone } from "../ui/badge.tsx";
import { Banner } from "../ui/banner.tsx";
import { Button, LinkButton } from "../ui/button.tsx";
import { Icon, type IconName } from "../ui/icons.tsx";
import { EmptyState, LoadView } from "../ui/load-view.tsx";
import { Card, PageHeading, PageShell } from "../ui/page-shell.tsx";
import { ListEditDialog } from "./list-edit-dialog.tsx";
import { NewRuleDialog } from "./new-rule-dialog.tsx";
import { RuleEditDialog } from "./rule-edit-dialog.tsx";
import { TableHead } from "../ui/table-head.tsx";

export default function AdminPolicyPage(): React.JSX.Element {
  const t = useText();
  const { loaded, reload } = useLoad<PolicyStatus>("/api/admin/policy", 10_000);
  return (
    <PageShell title={t("policy.title")}>
      <PageHeading
        title={t("policy.title")}
        actions={
          <>
            <LinkButton href="/admin/policy/history">{t("history.open")}</LinkButton>
            <Button variant="outline" onClick={reload}>
              <Icon name="reload" />
              {t("common.refresh")}
            </Button>
          </>
        }
      />
      <LoadView loaded={loaded} onRetry={reload}>
        {(policy) => <Policy policy={policy} onChanged={reload} />}
      </LoadView>
    </PageShell>
  );
}

function Policy(props: {
  readonly policy: PolicyStatus;
  readonly onChanged: () => void;
}): React.JSX.Element {
  const t = useText();
  const language = useLanguage();
  const { policy } = props;
  const [editing, setEditing] = useState<string | null>(null);
  const [editingRule, setEditingRule] = useState<string | null>(null);
  const [isAdding, setAdding] = useState(false);
  return (
    <div className="flex flex-col gap-8">
      {policy.problems.length > 0 && (
        <Banner tone="danger" title={t("policy.problems")} testId="policy-problems">
          <ul className="mt-1 flex flex-col gap-1">
            {policy.problems.map((problem) => (
              <li key={`${problem.file}:${problem.line}:${problem.column}:${problem.message}`}>
                <code className="mr-3 font-mono font-bold">
                  {problem.file}:{problem.line}:{problem.column}
                </code>
                {problem.message}
              </li>
            ))}
          </ul>
        </Banner>
      )}
      {policy.permitIp.length > 0 && (
        <Banner tone="danger" title={t("policy.permitIp")} testId="policy-permit-ip">
          <p>{t("policy.permitIpBody")}</p>
          <p className="mt-1 font-mono font-bold text-danger">{policy.permitIp.join("  ")}</p>
        </Banner>
      )}
      {policy.expired.length > 0 && (
        <Banner tone="caution" title={t("policy.expired")} testId="policy-expired">
          <ul className="mt-1 flex flex-wrap gap-x-6 gap-y-1">
            {policy.expired.map(({ kind, id, count }) => (
              <li key={`${kind} ${id}`}>
                {t(`policy.expired.${kind}`, { id, count: formatNumber(language, count) })}
              </li>
            ))}
          </ul>
        </Banner>
      )}
      <Card>
        <dl className="grid gap-6 px-8 py-6 md:grid-cols-[1fr_1fr_2fr]">
          <Fact
            name={t("policy.version")}
            value={policy.version.slice(0, 12)}
            whole={policy.version}
            mono
          />
          <Fact name={t("policy.loadedAt")} value={formatTime(language, policy.loadedAt)} />
          <Fact name={t("policy.file")} value={policy.file} mono />
        </dl>
      </Card>
      <section aria-labelledby="rules">
        <div className="mb-4 flex flex-wrap items-end justify-between gap-3">
          <div>
            <h2 id="rules" className="text-std-22B-150">
              {t("policy.rules")}
            </h2>
            <p className="mt-1 text-[0.9375rem] text-muted">{t("policy.rulesLead")}</p>
          </div>
          <Button size="sm" data-testid="new-rule" onClick={() => setAdding(true)}>
            {t("newRule.title")}
          </Button>
        </div>
        <Card className="overflow-x-auto">
          {policy.rules.length === 0 ? (
            <EmptyState text={t("policy.rulesEmpty")} />
          ) : (
            <Rules rules={policy.rules} onEdit={setEditingRule} />
          )}
        </Card>
      </section>
      <section aria-labelledby="lists">
        <h2 id="lists" className="mb-4 text-std-22B-150">
          {t("policy.lists")}
        </h2>
        {policy.lists.length === 0 ? (
          <Card>
            <EmptyState text={t("policy.listsEmpty")} />
          </Card>
        ) : (
          <ul className="grid grid-cols-2 gap-4 lg:grid-cols-4">
            {policy.lists.map((list) => (
              <li
                key={list.id}
                className="rounded-12 border border-line bg-surface px-5 py-4 shadow-card"
              >
                <div className="flex items-start justify-between gap-2">
                  <p className="break-all font-mono font-bold">{list.id}</p>
                  {list.takesEdits && (
                    <Button
                      size="sm"
                      variant="text"
                      className="-my-1.5"
                      aria-label={t("listEdit.buttonNamed", { list: list.id })}
                      data-testid={`edit-list-${list.id}`}
                      onClick={() => setEditing(list.id)}
                    >
                      {t("listEdit.button")}
                    </Button>
                  )}
                </div>
                <p className="text-[0.9375rem] text-muted tabular-nums">
                  {t("policy.entries", { count: formatNumber(language, list.entries) })}
                </p>
              </li>
            ))}
          </ul>
        )}
      </section>
      {policy.feeds.length > 0 && (
        <section aria-labelledby="feeds">
          <h2 id="feeds" className="mb-4 text-std-22B-150">
            {t("policy.feeds")}
          </h2>
          <Card className="overflow-x-auto">
            <Feeds feeds={policy.feeds} />
          </Card>
        </section>
      )}
      {isAdding && (
        <NewRuleDialog
          policy={policy}
          onClose={() => setAdding(false)}
          onPublished={() => {
            setAdding(false);
            props.onChanged();
          }}
        />
      )}
      {editingRule !== null && (
        <RuleEditDialog
          rule={editingRule}
          rules={policy.rules}
          onClose={() => setEditingRule(null)}
          onPublished={() => {
            setEditingRule(null);
            props.onChanged();
          }}
        />
      )}
      {editing !== null && (
        <ListEditDialog
          list={editing}
          onClose={() => setEditing(null)}
          onPublished={() => {
            setEditing(null);
            props.onChanged();
          }}
        />
      )}
    </div>
  );
}

const feedTones: Readonly<Record<FeedView["outcome"], BadgeTone>> = {
  taken: "good",
  unchanged: "good",
  held: "caution",
  refused: "danger",
  unreachable: "danger",
  "too-large": "danger",
  waiting: "quiet",
  running: "info",
};

function Feeds(props: { readonly feeds: readonly FeedView[] }): React.JSX.Element {
  const t = useText();
  const language = useLanguage();
  const time = (at: string | null) =>
    at === null ? t("policy.feedNever") : formatTime(language, at);
  return (
    <table className="table-plain text-[0.9375rem]" data-testid="policy-feeds">
      <TableHead
        columns={[
          t("policy.ruleName"),
          t("policy.feedState"),
          t("policy.feedGood"),
          t("policy.feedNext"),
        ]}
      />
      <tbody>
        {props.feeds.map((feed) => (
          <tr key={feed.name}>
            <td>
              <p className="font-mono font-bold">{feed.name}</p>
              <p className="break-all text-[0.875rem] text-muted">{feed.url}</p>
              <p className="text-[0.875rem] text-muted">
                {t("policy.feedLists")}: <span className="font-mono">{feed.lists.join(", ")}</span>
              </p>
            </td>
            <td className="w-full">
              <Badge tone={feedTones[feed.outcome]} text={t(`policy.feed.${feed.outcome}`)} />
              <p className="mt-1 text-[0.875rem]">{language === "ja" ? feed.ja : feed.en}</p>
              {feed.isOld && (
                <p className="text-[0.875rem] font-bold text-danger">
                  {t(feed.isDropped ? "policy.feedDropped" : "policy.feedOld")}
                </p>
              )}
            </td>
            <td className="whitespace-nowrap tabular-nums">{time(feed.goodAt)}</td>
            <td className="whitespace-nowrap tabular-nums">{time(feed.nextAt)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Fact(props: {
  readonly name: string;
  readonly value: string;
  /** Where the value is its beginning. */
  readonly whole?: string;
  readonly mono?: boolean;
}): React.JSX.Element {
  return (
    <div>
      <dt className="text-[0.875rem] text-muted">{props.name}</dt>
      <dd
        title={props.whole}
        className={`break-all font-bold ${props.mono === true ? "font-mono" : "tabular-nums"}`}
      >
        {props.value}
      </dd>
    </div>
  );
}

const actions: Readonly<Record<string, { readonly tone: BadgeTone; readonly icon: IconName }>> = {
  allow: { tone: "good", icon: "check" },
  block: { tone: "danger", icon: "blocked" },
  direct: { tone: "info", icon: "forward" },
  isolate: { tone: "info", icon: "shield" },
};

function Rules(props: {
  readonly rules: PolicyStatus["rules"];
  readonly onEdit: (rule: string) => void;
}): React.JSX.Element {
  const t = useText();
  const language = useLanguage();
  return (
    <table className="table-plain text-[0.9375rem]" data-testid="policy-rules">
      <thead>
        <tr>
          <th scope="col">{t("policy.ruleId")}</th>
          <th scope="col">{t("policy.ruleName")}</th>
          <th scope="col">{t("policy.ruleAction")}</th>
          <th scope="col" className="text-right">
            {t("policy.ruleLine")}
          </th>
          <th scope="col">
            <span className="sr-only">{t("listEdit.button")}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {props.rules.map((rule) => (
          <tr key={rule.id}>
            <td className="whitespace-nowrap font-mono font-bold">{rule.id}</td>
            <td className="w-full">{rule.name}</td>
            <td>
              <Badge
                {...(actions[rule.action] ?? { tone: "quiet" })}
                text={actionName(language, rule.action)}
              />
            </td>
            <td className="whitespace-nowrap text-right tabular-nums">
              {rule.file === undefined ? rule.line : `${rule.file}:${rule.line}`}
            </td>
            <td>
              <Button
                size="sm"
                variant="text"
                className="-my-1.5"
                aria-label={t("ruleEdit.title", { rule: rule.id })}
                data-testid={`edit-rule-${rule.id}`}
                onClick={() => props.onEdit(rule.id)}
              >
                {t("listEdit.button")}
              </Button>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** An action this page has no word for is shown as the policy writes it. */
function actionName(language: Language, action: string): string {
  const name = `policy.action.${action}`;
  return isTextName(name) ? text(language, name as "policy.action.allow") : action;
}
