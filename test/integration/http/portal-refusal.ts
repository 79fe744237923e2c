/** What the proxy refused to somebody a moment ago, as the portal under test hears of it. */
import type { UserId } from "../../../orchestrator/base/ids.ts";
import type { DecisionRecord } from "../../../proxy/ipc.ts";
import type { Portal } from "./portal.ts";

let made = 0;

/** `to` null: nobody is known. Returns the refusal's reference. */
export function refuse(
  portal: Portal,
  to: { readonly id: UserId } | null,
  more: Partial<DecisionRecord> & Pick<DecisionRecord, "host">,
): string {
  made += 1;
  const id = `q${String(made).padStart(12, "0")}`;
  const record: DecisionRecord = {
    ...{ id, at: new Date(portal.now()).toISOString(), plane: "isolated" },
    ...{ method: "CONNECT", scheme: "https", port: 443, verdict: "block" },
    ...{ rule: "default", reason: "default", policyVersion: "x" },
    ...{ bytesUp: 0, bytesDown: 0, durationMs: 1 },
    ...more,
  };
  portal.refusals.add(record, to?.id, []);
  return record.id;
}
