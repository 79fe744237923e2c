/** Opens the record of a request from what its head says, before anything in it is believed. */
import type { ProxyContext, SessionState } from "./context.ts";
import { OpenRecord } from "./decision.ts";
import type { DecisionRecord } from "./ipc.ts";
import type { RequestHead } from "./request-guard.ts";

export function openRecord(
  context: ProxyContext,
  session: SessionState,
  head: Pick<RequestHead, "method" | "target">,
  scheme: DecisionRecord["scheme"],
): OpenRecord {
  return new OpenRecord(
    {
      sessionId: session.id,
      user: session.person?.user,
      method: head.method,
      scheme,
      host: roughHost(head.target),
      port: 0,
      policyVersion: context.snapshot()?.prepared.policy.version ?? "none",
    },
    context.send,
  );
}

/** For the record of a request whose target will perhaps not parse: something a person can recognise. */
function roughHost(target: string): string {
  return target.replace(/^[a-z][a-z0-9+.-]*:\/\//i, "").replace(/[/?#].*$/, "").slice(0, 255);
}
