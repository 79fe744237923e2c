/** The state of a request, with colour, icon and word. */
import type { RequestState } from "../../http/request-contract.ts";
import { useText } from "../base/language.ts";
import { Badge, type BadgeTone } from "./badge.tsx";
import type { IconName } from "./icons.tsx";

const looks: Readonly<Record<RequestState, { readonly tone: BadgeTone; readonly icon: IconName }>> =
  {
    open: { tone: "info", icon: "hold" },
    approved: { tone: "good", icon: "check" },
    refused: { tone: "caution", icon: "blocked" },
    withdrawn: { tone: "quiet", icon: "back" },
    expired: { tone: "quiet", icon: "close" },
  };

export function RequestBadge(props: { readonly state: RequestState }): React.JSX.Element {
  const t = useText();
  return <Badge {...looks[props.state]} text={t(`requests.state.${props.state}`)} />;
}
