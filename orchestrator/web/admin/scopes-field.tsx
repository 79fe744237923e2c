/** What a token opens, as check boxes. */
import type { ApiTokenView } from "../../http/token-contract.ts";
import { useText } from "../base/language.ts";
import { tokenTexts } from "../i18n/token-texts.ts";
import { ChoiceBoxes } from "../ui/choice-boxes.tsx";

export type Scope = ApiTokenView["scopes"][number];

const scopes = Object.keys(tokenTexts)
  .filter((key) => key.startsWith("scope."))
  .map((key) => key.slice("scope.".length) as Scope);

export function ScopesField(props: {
  readonly chosen: readonly Scope[];
  readonly onChange: (chosen: readonly Scope[]) => void;
  readonly isMissing: boolean;
}): React.JSX.Element {
  const t = useText();
  const { chosen, onChange, isMissing } = props;
  return (
    <ChoiceBoxes
      legend={t("tokens.scopes")}
      choices={scopes}
      textOf={(scope) => t(`scope.${scope}`)}
      testId="scope-"
      error={isMissing ? t("tokens.scopesMissing") : undefined}
      {...{ chosen, onChange }}
    />
  );
}
