/** The form for a new account. The same bounds as the contract's, said before the server has to. */
import { type SyntheticEvent, useId, useState } from "react";
import type { ErrorBody, Role } from "../../http/contract.ts";
import { call, toErrorBody } from "../base/api.ts";
import { useText } from "../base/language.ts";
import { leaveIfSignedOut } from "../base/me.tsx";
import { adminTexts } from "../i18n/admin-texts.ts";
import { ErrorBanner } from "../ui/banner.tsx";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Field } from "../ui/field.tsx";
import { Icon } from "../ui/icons.tsx";
import type { IssuedPassword } from "./one-time-password-dialog.tsx";

const namePattern = /^[a-z0-9][a-z0-9._-]{0,63}$/;
const roles = Object.keys(adminTexts)
  .filter((key) => key.startsWith("role."))
  .map((key) => key.slice("role.".length) as Role);

export function NewUserDialog(props: {
  readonly onClose: () => void;
  readonly onCreated: (issued: IssuedPassword) => void;
}): React.JSX.Element {
  const t = useText();
  const form = useId();
  const [name, setName] = useState("");
  const [displayName, setDisplayName] = useState("");
  const [chosen, setChosen] = useState<readonly Role[]>(["user"]);
  const [groups, setGroups] = useState("");
  const [tried, setTried] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<ErrorBody | null>(null);
  const nameBad = !namePattern.test(name.trim());
  const displayNameBad = displayName.trim() === "";

  const submit = async (event: SyntheticEvent): Promise<void> => {
    event.preventDefault();
    setTried(true);
    if (nameBad || displayNameBad || chosen.length === 0) return;
    setBusy(true);
    setError(null);
    try {
      props.onCreated(
        await call<IssuedPassword>("POST", "/api/admin/users", {
          name: name.trim(),
          displayName: displayName.trim(),
          roles: chosen,
          groups: groups
            .split(/[,、，]/)
            .map((group) => group.trim())
            .filter((group) => group !== ""),
        }),
      );
    } catch (failure) {
      if (leaveIfSignedOut(failure)) return;
      setError(toErrorBody(failure));
      setBusy(false);
    }
  };

  return (
    <Dialog
      wide
      title={t("users.create")}
      onClose={props.onClose}
      actions={
        <>
          <Button variant="outline" onClick={props.onClose}>
            {t("common.cancel")}
          </Button>
          <Button type="submit" form={form} disabled={busy} data-testid="user-create-submit">
            {busy ? t("users.busy") : t("users.submit")}
          </Button>
        </>
      }
    >
      <form
        id={form}
        noValidate
        className="flex flex-col gap-6"
        onSubmit={(event) => void submit(event)}
      >
        {error && <ErrorBanner error={error} />}
        <Field
          label={t("users.name")}
          help={t("users.nameHelp")}
          error={tried && nameBad ? t("users.nameInvalid") : undefined}
          data-testid="user-name"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          maxLength={64}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
        <Field
          label={t("users.displayName")}
          error={tried && displayNameBad ? t("users.displayNameMissing") : undefined}
          data-testid="user-display-name"
          autoComplete="off"
          maxLength={128}
          value={displayName}
          onChange={(event) => setDisplayName(event.target.value)}
        />
        <fieldset>
          <legend className="mb-2 text-std-16B-170">{t("users.roles")}</legend>
          <div className="grid grid-cols-2 gap-2">
            {roles.map((role) => (
              <label
                key={role}
                className="flex min-h-11 items-center gap-3 rounded-8 border border-line px-4 hover:bg-primary-soft has-checked:border-primary has-checked:bg-primary-soft"
              >
                <input
                  type="checkbox"
                  data-testid={`user-role-${role}`}
                  className="size-5 accent-primary"
                  checked={chosen.includes(role)}
                  onChange={(event) =>
                    setChosen(
                      event.target.checked
                        ? [...chosen, role]
                        : chosen.filter((other) => other !== role),
                    )
                  }
                />
                {t(`role.${role}`)}
              </label>
            ))}
          </div>
          {tried && chosen.length === 0 && (
            <p className="mt-2 flex items-center gap-1.5 text-danger text-[0.9375rem]">
              <Icon name="error" size={18} />
              {t("users.rolesMissing")}
            </p>
          )}
        </fieldset>
        <Field
          label={t("users.groups")}
          help={t("users.groupsHelp")}
          optionalMark
          data-testid="user-groups"
          autoComplete="off"
          value={groups}
          onChange={(event) => setGroups(event.target.value)}
        />
      </form>
    </Dialog>
  );
}
