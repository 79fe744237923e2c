/** What a token opens, as check boxes. */
import type { ApiTokenView } from "../../http/token-contract.ts";
import { useText } from "../base/language.ts";
import { tokenTexts } from "../i18n/token-texts.ts";
import { Icon } from "../ui/icons.tsx";

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
  const { chosen, onChange } = props;
  return (
    <fieldset>
      <legend className="mb-2 text-std-16B-170">{t("tokens.scopes")}</legend>
      <div className="grid gap-2 sm:grid-cols-2">
        {scopes.map((scope) => (
          <label
            key={scope}
            className="flex min-h-11 items-center gap-3 rounded-8 border border-line px-4 hover:bg-primary-soft has-checked:border-primary has-checked:bg-primary-soft"
          >
            <input
              type="checkbox"
              data-testid={`scope-${scope}`}
              className="size-5 accent-primary"
              checked={chosen.includes(scope)}
              onChange={({ target }) =>
                onChange(
                  target.checked ? [...chosen, scope] : chosen.filter((other) => other !== scope),
                )
              }
            />
            {t(`scope.${scope}`)}
          </label>
        ))}
      </div>
      {props.isMissing && (
        <p className="mt-2 flex items-center gap-1.5 text-danger text-[0.9375rem]">
          <Icon name="error" size={18} />
          {t("tokens.scopesMissing")}
        </p>
      )}
    </fieldset>
  );
}
