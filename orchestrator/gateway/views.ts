/** What the terminal is told, made from what is known here: tabs with refusals, downloads. Pure. */
import type { Tab } from "../../images/wire/control.ts";
import type { DownloadView } from "../downloads/types.ts";
import type { Download } from "../http/file-contract.ts";
import type { TabView } from "../http/room-contract.ts";
import { toRefusalView } from "../http/request-views.ts";
import type { AskState, KnownRefusal, PassedRules } from "../requests/types.ts";

export interface Refused {
  readonly refusal: KnownRefusal;
  readonly ask: AskState;
  readonly passed?: PassedRules | undefined;
}

/**
 * What the container says of a tab only chooses which of the proxy's refusals is shown. Where the proxy's
 * page stands in the tab, it is told only when the person can do something about it.
 */
export function toTab(tab: Tab, refusedAt: (url: string) => Refused | undefined): TabView {
  const { unreachable, ...seen } = tab;
  const shown = { ...seen, title: plainTitle(tab.title) };
  const refused = refusedAt(unreachable ?? tab.url);
  if (!refused || (unreachable === undefined && !concerns(refused))) return shown;
  const { refusal, ask, passed } = refused;
  const { plane: _plane, ...facts } = toRefusalView(refusal, ask, passed);
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

/** Without line breaks, other controls, and what turns the direction of words around it (Unicode UAX #9). */
export function plainTitle(untrusted: string): string {
  return untrusted
    .replaceAll(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, " ")
    .replaceAll(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, "")
    .toWellFormed();
}

export function toDownload({ sessionId: _session, removed, ...view }: DownloadView): Download {
  return { ...view, removed: removed.map((each) => ({ ...each })) };
}
