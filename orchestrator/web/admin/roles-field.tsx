/** The five roles as check boxes, with a word of caution where one person would audit themselves. */
import type { Role } from "../../http/contract.ts";
import { useText } from "../base/language.ts";
import { adminTexts } from "../i18n/admin-texts.ts";
import { Banner } from "../ui/banner.tsx";
import { Icon } from "../ui/icons.tsx";

const roles = Object.keys(adminTexts)
  .filter((key) => key.startsWith("role."))
  .map((key) => key.slice("role.".length) as Role);
const audited: readonly Role[] = ["system-admin", "list-admin", "approver"];

export function RolesField(props: {
  readonly chosen: readonly Role[];
  readonly onChange: (chosen: readonly Role[]) => void;
  readonly isMissing: boolean;
  /** Why nothing can be changed. */
  readonly locked?: string | undefined;
}): React.JSX.Element {
  const t = useText();
  const { chosen, onChange, locked } = props;
  const auditsThemselves =
    chosen.includes("auditor") && audited.some((role) => chosen.includes(role));
  return (
    <fieldset disabled={locked !== undefined}>
      <legend className="mb-2 text-std-16B-170">{t("users.roles")}</legend>
      {locked !== undefined && <p className="mb-2 text-[0.9375rem] text-muted">{locked}</p>}
      <div className="grid gap-2 sm:grid-cols-2">
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
                onChange(
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
      {props.isMissing && (
        <p className="mt-2 flex items-center gap-1.5 text-danger text-[0.9375rem]">
          <Icon name="error" size={18} />
          {t("users.rolesMissing")}
        </p>
      )}
      {auditsThemselves && (
        <div className="mt-3">
          <Banner tone="caution" title={t("users.bothSides")} />
        </div>
      )}
    </fieldset>
  );
}
