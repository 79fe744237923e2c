/** What may be done in a session: words and signs, never colour alone. */
import type { RightsView } from "../../http/rights-contract.ts";
import { useText } from "../base/language.ts";
import { Badge } from "./badge.tsx";

export const rightNames = [
  "session",
  "download",
  "upload",
  "clipboardIn",
  "clipboardOut",
  "print",
  "sound",
] as const satisfies readonly (keyof RightsView)[];

export function RightBadge(props: { readonly isGiven: boolean }): React.JSX.Element {
  const t = useText();
  return props.isGiven ? (
    <Badge tone="good" icon="check" text={t("rights.yes")} />
  ) : (
    <Badge tone="quiet" text={t("rights.no")} />
  );
}

export function RightsList(props: { readonly rights: RightsView }): React.JSX.Element {
  const t = useText();
  const { rights } = props;
  return (
    <dl className="grid gap-x-10 sm:grid-cols-2" data-testid="rights">
      {rightNames.map((name) => (
        <div
          key={name}
          className="flex items-center justify-between gap-4 border-b border-line py-2.5 text-[0.9375rem]"
        >
          <dt>{t(`rights.${name}`)}</dt>
          <dd data-right={name} data-given={rights[name]}>
            <RightBadge isGiven={rights[name]} />
          </dd>
        </div>
      ))}
    </dl>
  );
}
