/** The five roles as check boxes, with a word of caution where one person would audit themselves. */
import type { Role } from "../../http/contract.ts";
import { useText } from "../base/language.ts";
import { adminTexts } from "../i18n/admin-texts.ts";
import { Banner } from "../ui/banner.tsx";
import { ChoiceBoxes } from "../ui/choice-boxes.tsx";

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
  const { chosen, onChange, locked, isMissing } = props;
  const auditsThemselves =
    chosen.includes("auditor") && audited.some((role) => chosen.includes(role));
  return (
    <ChoiceBoxes
      legend={t("users.roles")}
      choices={roles}
      textOf={(role) => t(`role.${role}`)}
      testId="user-role-"
      error={isMissing ? t("users.rolesMissing") : undefined}
      {...{ chosen, onChange, locked }}
    >
      {auditsThemselves && (
        <div className="mt-3">
          <Banner tone="caution" title={t("users.bothSides")} />
        </div>
      )}
    </ChoiceBoxes>
  );
}
