/** The state of a request for approval, with colour, icon and word. */
import type { ApprovalState } from "../../http/approval-contract.ts";
import { useText } from "../base/language.ts";
import { Badge, type BadgeTone } from "./badge.tsx";
import type { IconName } from "./icons.tsx";

const looks: Readonly<
  Record<ApprovalState, { readonly tone: BadgeTone; readonly icon: IconName }>
> = {
  open: { tone: "info", icon: "hold" },
  approved: { tone: "good", icon: "check" },
  refused: { tone: "caution", icon: "blocked" },
  withdrawn: { tone: "quiet", icon: "back" },
  expired: { tone: "quiet", icon: "close" },
};

export function ApprovalBadge(props: { readonly state: ApprovalState }): React.JSX.Element {
  const t = useText();
  return <Badge {...looks[props.state]} text={t(`approval.state.${props.state}`)} />;
}
