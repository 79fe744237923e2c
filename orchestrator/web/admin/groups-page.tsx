/** Groups: how many people, what the policy lets them do, and for those who may see it, who is in them. Then roles. */
import { useState } from "react";
import type { Role, User } from "../../http/contract.ts";
import type { GroupView } from "../../http/rights-contract.ts";
import { formatNumber } from "../base/format.ts";
import { useLanguage, useText } from "../base/language.ts";
import { matches } from "../base/matches.ts";
import { hasRole, useAccount } from "../base/me.tsx";
import { useLoad } from "../base/use-load.ts";
import { EmptyState, LoadView } from "../ui/load-view.tsx";
import { Card, PageHeading, PageShell } from "../ui/page-shell.tsx";
import { QuickSearch } from "../ui/quick-search.tsx";
import { RightBadge, rightNames } from "../ui/rights-list.tsx";
import { TableHead } from "../ui/table-head.tsx";

const roleNames: readonly Role[] = ["user", "approver", "list-admin", "auditor", "system-admin"];

export default function AdminGroupsPage(): React.JSX.Element {
  const t = useText();
  const { me } = useAccount();
  return (
    <PageShell title={t("groups.title")}>
      <PageHeading title={t("groups.title")} lead={t("groups.lead")} />
      {hasRole(me, "system-admin") ? <WithPeople /> : <Groups users={[]} />}
    </PageShell>
  );
}

function WithPeople(): React.JSX.Element {
  const { loaded, reload } = useLoad<{ users: User[] }>("/api/admin/users");
  return (
    <LoadView loaded={loaded} onRetry={reload}>
      {({ users }) => (
        <>
          <Groups users={users} />
          <Roles users={users} />
        </>
      )}
    </LoadView>
  );
}

function Groups(props: { readonly users: readonly User[] }): React.JSX.Element {
  const t = useText();
  const { loaded, reload } = useLoad<{ groups: GroupView[] }>("/api/admin/groups");
  const [search, setSearch] = useState("");
  const membersOf = (name: string) => props.users.filter(({ groups }) => groups.includes(name));
  const isWanted = ({ name }: GroupView): boolean =>
    matches(search, [name, ...membersOf(name).flatMap((user) => [user.name, user.displayName])]);
  return (
    <>
      <QuickSearch
        label={t(props.users.length > 0 ? "groups.searchPeople" : "groups.search")}
        testId="groups-search"
        value={search}
        onChange={setSearch}
      />
      <Card className="mt-4 overflow-x-auto">
        <LoadView loaded={loaded} onRetry={reload}>
          {({ groups }) => {
            const found = groups.filter(isWanted);
            return found.length === 0 ? (
              <EmptyState text={t(groups.length === 0 ? "groups.empty" : "groups.noneFound")} />
            ) : (
              <GroupsTable groups={found} membersOf={membersOf} />
            );
          }}
        </LoadView>
      </Card>
      <p className="mt-3 text-[0.9375rem] text-muted">{t("groups.several")}</p>
    </>
  );
}

function GroupsTable(props: {
  readonly groups: readonly GroupView[];
  readonly membersOf: (name: string) => readonly User[];
}): React.JSX.Element {
  const t = useText();
  const language = useLanguage();
  return (
    <table className="table-plain text-[0.875rem]" data-testid="groups-table">
      <thead>
        <tr>
          <th scope="col">{t("groups.name")}</th>
          <th scope="col">{t("groups.people")}</th>
          {rightNames.map((name) => (
            <th key={name} scope="col" className="min-w-24 px-3! whitespace-normal!">
              {t(`rights.${name}`)}
            </th>
          ))}
          <th scope="col">{t("groups.rule")}</th>
        </tr>
      </thead>
      <tbody>
        {props.groups.map(({ name, people, rights }) => (
          <tr key={name} data-group={name}>
            <th scope="row" className="max-w-60 break-words text-left">
              {name}
            </th>
            <td className="min-w-20">
              <Members
                count={t("groups.count", { count: formatNumber(language, people) })}
                members={props.membersOf(name)}
              />
            </td>
            {rightNames.map((right) => (
              <td key={right} className="px-3!">
                <RightBadge isGiven={rights[right]} />
              </td>
            ))}
            <td className="min-w-28 break-words">
              {rights.rule === "none"
                ? t("groups.ruleNone")
                : rights.rule === "default"
                  ? t("groups.ruleDefault")
                  : (rights.ruleName ?? rights.rule)}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Who they are, where that is known here. */
function Members(props: {
  readonly count: string;
  readonly members: readonly User[];
}): React.JSX.Element {
  if (props.members.length === 0) return <span className="tabular-nums">{props.count}</span>;
  return (
    <details>
      <summary className="w-fit cursor-pointer tabular-nums">{props.count}</summary>
      <ul className="mt-1 max-h-60 overflow-auto">
        {props.members.map(({ id, name, displayName }) => (
          <li key={id} className="break-words">
            {displayName} <span className="text-muted">({name})</span>
          </li>
        ))}
      </ul>
    </details>
  );
}

function Roles(props: { readonly users: readonly User[] }): React.JSX.Element {
  const t = useText();
  const language = useLanguage();
  return (
    <section aria-labelledby="roles-title" className="mt-10">
      <h2 id="roles-title" className="mb-4 text-std-22B-150">
        {t("groups.roles")}
      </h2>
      <Card className="overflow-x-auto">
        <table className="table-plain text-[0.9375rem]" data-testid="roles-table">
          <TableHead columns={[t("users.roles"), t("groups.people"), t("groups.may")]} />
          <tbody>
            {roleNames.map((role) => {
              const members = props.users.filter(({ roles }) => roles.includes(role));
              return (
                <tr key={role}>
                  <th scope="row" className="whitespace-nowrap text-left">
                    {t(`role.${role}`)}
                  </th>
                  <td className="min-w-40">
                    <Members
                      count={t("groups.count", { count: formatNumber(language, members.length) })}
                      members={members}
                    />
                  </td>
                  <td className="w-full">{t(`groups.role.${role}`)}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </Card>
    </section>
  );
}
