/** What the terminal is told, made from what is known here: tabs with refusals, downloads. Pure. */
import type { Tab } from "../../images/wire/control.ts";
import type { DownloadView } from "../downloads/types.ts";
import type { Download, TabView } from "../http/contract.ts";
import { toRefusalView } from "../http/request-views.ts";
import type { AskState, KnownRefusal } from "../requests/types.ts";

export interface Refused {
  readonly refusal: KnownRefusal;
  readonly ask: AskState;
}

/**
 * What the container says of a tab only chooses which of the proxy's refusals is shown. Where the proxy's
 * page stands in the tab, it is told only when the person can do something about it.
 */
export function toTab(tab: Tab, refusedAt: (url: string) => Refused | undefined): TabView {
  const { unreachable, ...shown } = tab;
  const refused = refusedAt(unreachable ?? tab.url);
  if (!refused || (unreachable === undefined && !concerns(refused))) return shown;
  const { refusal, ask } = refused;
  const { plane: _plane, ...facts } = toRefusalView(refusal, ask);
  return {
    ...shown,
    refusal: {
      ...facts,
      url: unreachable ?? tab.url,
      reason: refusal.record.reason,
      shown: unreachable === undefined ? "page" : "panel",
    },
  };
}

function concerns({ ask }: Refused): boolean {
  return ask.state === "never" ? ask.why !== "guard" : ask.state !== "open";
}

export function toDownload({ sessionId: _session, removed, ...view }: DownloadView): Download {
  return { ...view, removed: removed.map((each) => ({ ...each })) };
}
