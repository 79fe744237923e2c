/** Opens the record of a request from what its head says, before anything in it is believed. */
import type { ProxyContext, SessionState } from "./context.ts";
import { type Named, OpenRecord, type RequestFacts } from "./decision.ts";
import type { DecisionRecord } from "./ipc.ts";
import type { RequestHead } from "./request-guard.ts";

export function openRecord(
  context: ProxyContext,
  session: SessionState,
  head: Pick<RequestHead, "method" | "target">,
  scheme: DecisionRecord["scheme"],
): OpenRecord {
  const { plane } = context;
  const { id, person } = session;
  const { method } = head;
  const policyVersion = context.snapshot()?.prepared.policy.version ?? "none";
  const facts: RequestFacts =
    plane === "terminal"
      ? { plane, method, scheme, policyVersion, terminal: id }
      : { plane, method, scheme, policyVersion, sessionId: id, user: person?.user };
  return new OpenRecord(facts, () => roughTarget(head), context.send);
}

/**
 * For requests that are refused before their target is parsed: what a person would call host and port.
 * The pages find the refusal of an address by these two, so a refused literal needs them as well.
 */
function roughTarget(head: Pick<RequestHead, "method" | "target">): Named {
  const authority = head.target.replace(/^[a-z][a-z0-9+.-]*:\/\//i, "").replace(/[/?#].*$/s, "");
  const [, host = "", port] = /^(.*?)(?::(\d{1,5}))?$/s.exec(authority) ?? [];
  const fallback = head.method === "CONNECT" || authority === "" ? 0 : 80;
  const number = port === undefined ? fallback : Number(port);
  return { host: host.toLowerCase(), port: number <= 65535 ? number : 0 };
}
