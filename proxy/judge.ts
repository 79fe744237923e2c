/**
 * The order in which a request is judged: configured? claimed? within its rate? then policy, then where
 * the name leads. Answers with a route to dial or a refusal; there is no third outcome, and whatever
 * goes wrong on the way is a refusal.
 */
import type { Host } from "../policies/guards/host-port.ts";
import { type Decision, decide } from "../policies/match.ts";
import type { ProxyContext, SessionState, Snapshot } from "./context.ts";
import type { Route } from "./dial.ts";
import { ownAddresses } from "./own-addresses.ts";
import { type Refusal, refusalOf, refuse } from "./refusal.ts";

export type Admission =
  | { readonly ok: true; readonly snapshot: Snapshot; readonly person: Person }
  | { readonly ok: false; readonly refusal: Refusal };
export type Judgement =
  | { readonly ok: true; readonly decision: Decision; readonly route: Route }
  | { readonly ok: false; readonly refusal: Refusal };

type Person = NonNullable<SessionState["person"]>;

/** Before a byte of the request is believed. */
export function admit(context: ProxyContext, session: SessionState): Admission {
  const no = (refusal: Refusal) => ({ ok: false, refusal }) as const;
  const snapshot = context.snapshot();
  if (!snapshot) return no(refuse("guard.unclaimed", "no-policy", 503));
  if (!session.person) return no(refuse("guard.unclaimed", "session-unclaimed"));
  if (session.requests >= context.limits.requests) return no(refuse("guard.limit", "requests"));
  if (!session.rate.take(performance.now())) return no(refuse("guard.limit", "request-rate"));
  return { ok: true, snapshot, person: session.person };
}

export async function judge(
  admission: { readonly snapshot: Snapshot; readonly person: Person },
  target: Host & { readonly port: number },
  via: "connect" | "http",
  signal: AbortSignal,
): Promise<Judgement> {
  const { snapshot, person } = admission;
  const { host, port } = target;
  const decision = decide(snapshot.prepared, {
    plane: "isolated",
    user: person.user,
    groups: person.groups,
    host,
    port,
    via,
    at: Date.now(),
  });
  if (decision.verdict !== "allow") return { ok: false, refusal: refusalOf(decision) };
  const socketPath = snapshot.internalOrigins.get(host);
  if (socketPath !== undefined) return internal(decision, socketPath, via);
  const found = await snapshot.resolver.resolve(host, snapshot.addresses, ownAddresses(), signal);
  return found.ok
    ? { ok: true, decision, route: { kind: "addresses", addresses: found.addresses } }
    : found;
}

function internal(decision: Decision, socketPath: string, via: "connect" | "http"): Judgement {
  // Hanare's own origins speak plain HTTP inside this machine; a tunnel to them would carry TLS.
  return via === "http"
    ? { ok: true, decision, route: { kind: "internal", socketPath } }
    : { ok: false, refusal: refuse("guard.port", "internal-origin-is-plain-http") };
}
