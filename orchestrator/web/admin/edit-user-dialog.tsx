/** Changing an account: name, roles, groups, whether it may sign in; its second factors; and removing it. */
import { useState } from "react";
import type { Role, User } from "../../http/contract.ts";
import { call } from "../base/api.ts";
import { useText } from "../base/language.ts";
import { useAct } from "../base/use-act.ts";
import { useAccount } from "../base/me.tsx";
import { Banner } from "../ui/banner.tsx";
import { Button } from "../ui/button.tsx";
import { Field } from "../ui/field.tsx";
import { FormDialog } from "../ui/form-dialog.tsx";
import { groupsOf } from "./groups-of.ts";
import { RolesField } from "./roles-field.tsx";

/** What is asked about once more before it is done. */
type Asked = "remove" | "factors" | null;

export function EditUserDialog(props: {
  readonly user: User;
  readonly onClose: () => void;
  readonly onChanged: () => void;
}): React.JSX.Element {
  const t = useText();
  const { me } = useAccount();
  const { user } = props;
  const isOwn = user.id === me.id;
  const path = `/api/admin/users/${encodeURIComponent(user.id)}`;
  const [displayName, setDisplayName] = useState(user.displayName);
  const [roles, setRoles] = useState<readonly Role[]>(user.roles);
  const [groups, setGroups] = useState(user.groups.join(", "));
  const [inUse, setInUse] = useState(!user.disabled);
  const [asked, setAsked] = useState<Asked>(null);
  const act = useAct();
  const nameMissing = displayName.trim() === "";

  const change = (work: () => Promise<unknown>): Promise<boolean> =>
    act.run(async () => {
      await work();
      props.onChanged();
    });
  const save = (): void => {
    if (nameMissing || roles.length === 0) return;
    const wanted = {
      ...{ displayName: displayName.trim(), roles },
      ...{ groups: groupsOf(groups), disabled: !inUse },
    };
    void change(() => call("POST", path, wanted));
  };

  return (
    <FormDialog
      wide
      title={t("users.editTitle", { name: user.name })}
      act={act}
      submit={t("users.save")}
      busy={t("users.busy")}
      testId="user-save"
      onSubmit={save}
      onClose={props.onClose}
    >
      <Field
        label={t("users.displayName")}
        error={nameMissing ? t("users.displayNameMissing") : undefined}
        data-testid="edit-display-name"
        autoComplete="off"
        maxLength={128}
        value={displayName}
        onChange={(event) => setDisplayName(event.target.value)}
      />
      <RolesField
        chosen={roles}
        onChange={setRoles}
        isMissing={roles.length === 0}
        locked={isOwn ? t("users.ownRoles") : undefined}
      />
      <Field
        label={t("users.groups")}
        help={t("users.groupsHelp")}
        optionalMark
        data-testid="edit-groups"
        autoComplete="off"
        value={groups}
        onChange={(event) => setGroups(event.target.value)}
      />
      {!isOwn && (
        <label className="flex items-start gap-3">
          <input
            type="checkbox"
            data-testid="edit-in-use"
            className="mt-1 size-5 accent-primary"
            checked={inUse}
            onChange={(event) => setInUse(event.target.checked)}
          />
          <span>
            {t("users.inUse")}
            <span className="block text-[0.9375rem] text-muted">{t("users.inUseHelp")}</span>
          </span>
        </label>
      )}
      {!isOwn && (
        <div className="flex flex-wrap gap-3 border-t border-line pt-4">
          {user.secondFactor && (
            <Button
              variant="outline"
              size="sm"
              data-testid="user-reset-factors"
              onClick={() => setAsked("factors")}
            >
              {t("users.resetFactors")}
            </Button>
          )}
          <Button
            variant="outline"
            size="sm"
            data-testid="user-remove"
            onClick={() => setAsked("remove")}
          >
            {t("users.remove")}
          </Button>
        </div>
      )}
      {asked !== null && (
        <Banner
          tone="caution"
          title={asked === "remove" ? t("users.remove") : t("users.resetFactorsTitle")}
          actions={
            <Button
              variant="danger"
              size="sm"
              disabled={act.busy}
              data-testid="user-act-confirm"
              onClick={() =>
                void change(() => call("DELETE", asked === "remove" ? path : `${path}/factors`))
              }
            >
              {asked === "remove" ? t("users.removeNow") : t("users.resetFactors")}
            </Button>
          }
        >
          {asked === "remove"
            ? t("users.removeConfirm")
            : t("users.resetFactorsBody", { name: user.displayName })}
        </Banner>
      )}
    </FormDialog>
  );
}
