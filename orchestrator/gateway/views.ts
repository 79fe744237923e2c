/** What the terminal is told, made from what is known here: tabs with refusals, downloads. Pure. */
import type { Tab } from "../../images/wire/control.ts";
import type { DecisionRecord } from "../../proxy/ipc.ts";
import type { DownloadView } from "../downloads/types.ts";
import type { Download, TabView } from "../http/contract.ts";

export function toTab(tab: Tab, refusalFor: (url: string) => DecisionRecord | undefined): TabView {
  const { unreachable, ...shown } = tab;
  const refused = unreachable === undefined ? undefined : refusalFor(unreachable);
  if (!refused || unreachable === undefined) return shown;
  return {
    ...shown,
    refusal: {
      url: unreachable,
      host: refused.host,
      rule: refused.rule,
      ...(refused.ruleName === undefined ? {} : { ruleName: refused.ruleName }),
      reason: refused.reason,
      ...(refused.message === undefined ? {} : { message: refused.message }),
      at: refused.at,
      id: refused.id,
    },
  };
}

export function toDownload({ sessionId: _session, removed, ...view }: DownloadView): Download {
  return { ...view, removed: removed.map((each) => ({ ...each })) };
}
