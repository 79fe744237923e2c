/** The form for a new account. The same bounds as the contract's, said before the server has to. */
import { useState } from "react";
import type { Role } from "../../http/contract.ts";
import { call } from "../base/api.ts";
import { useText } from "../base/language.ts";
import { useAct } from "../base/use-act.ts";
import { Field } from "../ui/field.tsx";
import { FormDialog } from "../ui/form-dialog.tsx";
import { groupsOf } from "./groups-of.ts";
import type { IssuedPassword } from "./one-time-password-dialog.tsx";
import { RolesField } from "./roles-field.tsx";

const namePattern = /^[a-z0-9][a-z0-9._-]{0,63}$/;

export function NewUserDialog(props: {
  readonly onClose: () => void;
  readonly onCreated: (issued: IssuedPassword) => void;
}): React.JSX.Element {
  const t = useText();
  const [name, setName] = useState("");
  const [displayName, setDisplayName] = useState("");
  const [chosen, setChosen] = useState<readonly Role[]>(["user"]);
  const [groups, setGroups] = useState("");
  const [tried, setTried] = useState(false);
  const act = useAct();
  const nameBad = !namePattern.test(name.trim());
  const displayNameBad = displayName.trim() === "";

  const submit = (): void => {
    setTried(true);
    if (nameBad || displayNameBad || chosen.length === 0) return;
    const wanted = {
      ...{ name: name.trim(), displayName: displayName.trim() },
      ...{ roles: chosen, groups: groupsOf(groups) },
    };
    void act.run(async () =>
      props.onCreated(await call<IssuedPassword>("POST", "/api/admin/users", wanted)),
    );
  };

  return (
    <FormDialog
      wide
      title={t("users.create")}
      act={act}
      submit={t("users.submit")}
      busy={t("users.busy")}
      testId="user-create-submit"
      onSubmit={submit}
      onClose={props.onClose}
    >
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
      <RolesField chosen={chosen} onChange={setChosen} isMissing={tried && chosen.length === 0} />
      <Field
        label={t("users.groups")}
        help={t("users.groupsHelp")}
        optionalMark
        data-testid="user-groups"
        autoComplete="off"
        value={groups}
        onChange={(event) => setGroups(event.target.value)}
      />
    </FormDialog>
  );
}
