/** Accounts: list, add, reset. A one-time password is shown once and never kept by the page. */
import { useState } from "react";
import type { User } from "../../http/contract.ts";
import { call } from "../base/api.ts";
import { formatTime } from "../base/format.ts";
import { useLanguage, useText } from "../base/language.ts";
import { matches } from "../base/matches.ts";
import { useAct } from "../base/use-act.ts";
import { useLoad } from "../base/use-load.ts";
import { Badge } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import { FormDialog } from "../ui/form-dialog.tsx";
import { Icon } from "../ui/icons.tsx";
import { EmptyState, LoadView } from "../ui/load-view.tsx";
import { Card, PageHeading, PageShell } from "../ui/page-shell.tsx";
import { QuickSearch } from "../ui/quick-search.tsx";
import { EditUserDialog } from "./edit-user-dialog.tsx";
import { ImportUsersDialog } from "./import-users-dialog.tsx";
import { NewUserDialog } from "./new-user-dialog.tsx";
import { type IssuedPassword, OneTimePasswordDialog } from "./one-time-password-dialog.tsx";
import { TableHead } from "../ui/table-head.tsx";

type Open =
  | { readonly dialog: "new" | "import" }
  | { readonly dialog: "edit"; readonly user: User }
  | { readonly dialog: "reset"; readonly user: User }
  | { readonly dialog: "password"; readonly issued: IssuedPassword };

export default function AdminUsersPage(): React.JSX.Element {
  const t = useText();
  const { loaded, reload } = useLoad<{ users: User[] }>("/api/admin/users");
  const [open, setOpen] = useState<Open | null>(null);
  const [search, setSearch] = useState("");
  const close = (): void => setOpen(null);
  const issued = (password: IssuedPassword): void => {
    setOpen({ dialog: "password", issued: password });
    reload();
  };
  return (
    <PageShell title={t("users.title")}>
      <PageHeading
        title={t("users.title")}
        actions={
          <>
            <Button
              variant="outline"
              data-testid="user-import"
              onClick={() => setOpen({ dialog: "import" })}
            >
              {t("import.open")}
            </Button>
            <Button data-testid="user-create" onClick={() => setOpen({ dialog: "new" })}>
              <Icon name="plus" />
              {t("users.create")}
            </Button>
          </>
        }
      />
      <QuickSearch
        label={t("users.search")}
        testId="users-search"
        value={search}
        onChange={setSearch}
      />
      <Card className="mt-4 overflow-x-auto">
        <LoadView loaded={loaded} onRetry={reload}>
          {({ users }) => {
            const found = users.filter(({ name, displayName, groups }) =>
              matches(search, [name, displayName, ...groups]),
            );
            return found.length === 0 ? (
              <EmptyState text={t(users.length === 0 ? "users.empty" : "users.noneFound")} />
            ) : (
              <UsersTable
                users={found}
                onEdit={(user) => setOpen({ dialog: "edit", user })}
                onReset={(user) => setOpen({ dialog: "reset", user })}
              />
            );
          }}
        </LoadView>
      </Card>
      {open?.dialog === "import" && <ImportUsersDialog onClose={close} onMade={reload} />}
      {open?.dialog === "edit" && (
        <EditUserDialog
          user={open.user}
          onClose={close}
          onChanged={() => {
            close();
            reload();
          }}
        />
      )}
      {open?.dialog === "new" && <NewUserDialog onClose={close} onCreated={issued} />}
      {open?.dialog === "reset" && (
        <ResetDialog user={open.user} onClose={close} onReset={issued} />
      )}
      {open?.dialog === "password" && (
        <OneTimePasswordDialog issued={open.issued} onClose={close} />
      )}
    </PageShell>
  );
}

function UsersTable(props: {
  readonly users: readonly User[];
  readonly onEdit: (user: User) => void;
  readonly onReset: (user: User) => void;
}): React.JSX.Element {
  const t = useText();
  const language = useLanguage();
  return (
    <table className="table-plain text-[0.9375rem]" data-testid="users-table">
      <TableHead
        columns={[
          t("users.name"),
          t("users.displayName"),
          t("users.roles"),
          t("users.groups"),
          t("users.secondFactor"),
          t("users.lastSignIn"),
        ]}
        actions
      />
      <tbody>
        {props.users.map((user) => (
          <tr key={user.id} data-testid="user-row" data-name={user.name}>
            <td className="min-w-28 break-words font-bold">{user.name}</td>
            <td>
              {user.displayName}
              {user.disabled && (
                <span className="mt-1 block">
                  <Badge tone="danger" icon="blocked" text={t("users.disabled")} />
                </span>
              )}
              {user.mustChangePassword && (
                <span className="mt-1 block">
                  <Badge tone="caution" icon="key" text={t("users.mustChange")} />
                </span>
              )}
            </td>
            <td>
              {user.roles.map((role) => t(`role.${role}`)).join(language === "ja" ? "、" : ", ")}
            </td>
            <td>{user.groups.length === 0 ? "–" : user.groups.join(", ")}</td>
            <td>{user.secondFactor ? t("users.secondFactorOn") : "–"}</td>
            <td className="whitespace-nowrap tabular-nums">
              {user.lastSignInAt === null
                ? t("users.never")
                : formatTime(language, user.lastSignInAt)}
            </td>
            <td className="space-x-2 whitespace-nowrap text-right">
              <Button
                size="sm"
                variant="outline"
                data-testid="user-edit"
                aria-label={t("users.editNamed", { name: user.name })}
                onClick={() => props.onEdit(user)}
              >
                {t("users.edit")}
              </Button>
              <Button
                size="sm"
                variant="outline"
                aria-label={t("users.resetNamed", { name: user.name })}
                onClick={() => props.onReset(user)}
              >
                {t("users.reset")}
              </Button>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function ResetDialog(props: {
  readonly user: User;
  readonly onClose: () => void;
  readonly onReset: (issued: IssuedPassword) => void;
}): React.JSX.Element {
  const t = useText();
  const act = useAct();
  const path = `/api/admin/users/${encodeURIComponent(props.user.id)}/reset`;
  const reset = (): Promise<boolean> =>
    act.run(async () => props.onReset(await call<IssuedPassword>("POST", path)));
  return (
    <FormDialog
      title={t("users.resetTitle")}
      act={act}
      submit={t("users.reset")}
      busy={t("users.busy")}
      testId="user-reset-confirm"
      onSubmit={() => void reset()}
      onClose={props.onClose}
    >
      <p>{t("users.resetBody", { name: `${props.user.displayName} (${props.user.name})` })}</p>
    </FormDialog>
  );
}
