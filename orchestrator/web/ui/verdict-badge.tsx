/** The verdict on a file, in colour, icon and words. */
import type { Download } from "../../http/file-contract.ts";
import { useText } from "../base/language.ts";
import { Badge, type BadgeTone } from "./badge.tsx";
import type { IconName } from "./icons.tsx";

export type Verdict = NonNullable<Download["verdict"]>;

const looks: Readonly<Record<Verdict, { readonly tone: BadgeTone; readonly icon: IconName }>> = {
  failed: { tone: "caution", icon: "warning" },
  blocked: { tone: "caution", icon: "blocked" },
  infected: { tone: "danger", icon: "virus" },
  needs_approval: { tone: "caution", icon: "hold" },
  needs_password: { tone: "caution", icon: "key" },
  partially_sanitized: { tone: "good", icon: "shield" },
  converted: { tone: "good", icon: "shield" },
  sanitized: { tone: "good", icon: "shield" },
  released_as_is: { tone: "good", icon: "good" },
};

export const verdictTone = (verdict: Verdict): BadgeTone => looks[verdict].tone;

export function VerdictBadge(props: { readonly verdict: Verdict }): React.JSX.Element {
  const t = useText();
  return <Badge {...looks[props.verdict]} text={t(`verdict.${props.verdict}`)} />;
}
