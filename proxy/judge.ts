/**
 * The order in which a request is judged: configured? claimed? within its rate? then policy, then where
 * the name leads. Answers with a route to dial or a refusal; there is no third outcome, and whatever
 * goes wrong on the way is a refusal.
 */
import { isIP } from "node:net";
import type { Action, Plane } from "../policies/compiled.ts";
import type { Host } from "../policies/guards/host-port.ts";
import { type Decision, decide, type PolicyRequest } from "../policies/match.ts";
import type { ProxyContext, SessionState, Snapshot } from "./context.ts";
import type { Route } from "./dial.ts";
import type { Waiting } from "./gone.ts";
import { ownAddresses } from "./own-addresses.ts";
import type { Parent } from "./parent/parents.ts";
import type { ResolveResult } from "./resolver-guard.ts";
import { isNoSuchName, type Refusal, refusalOf, refuse } from "./refusal.ts";

export type Admission =
  | {
      readonly ok: true;
      readonly plane: Plane;
      readonly snapshot: Snapshot;
      readonly person: Person;
    }
  /** Not `reported`: one of a flood, which must not become a flood of records. */
  | { readonly ok: false; readonly refusal: Refusal; readonly reported: boolean };
export type Judgement =
  | { readonly ok: true; readonly decision: Decision; readonly route: Route }
  /** `byPolicy`: a rule or the default spoke, not a guard; nothing was resolved. */
  | { readonly ok: false; readonly refusal: Refusal; readonly byPolicy?: true };

type Writable<T> = { -readonly [Key in keyof T]: T[Key] };
type Person = NonNullable<SessionState["person"]>;

/** Verdicts that open the way. A file in `mode: report` says "allow" on either plane. */
const passing: Readonly<Record<Plane, ReadonlySet<Action>>> = {
  isolated: new Set<Action>(["allow"]),
  terminal: new Set<Action>(["direct", "allow"]),
};

/** Before a byte of the request is believed. */
export function admit(context: ProxyContext, session: SessionState): Admission {
  const no = (refusal: Refusal, reported = true) => ({ ok: false, refusal, reported }) as const;
  const snapshot = context.snapshot();
  if (!snapshot) return no(refuse("guard.unclaimed", "no-policy", 503));
  if (!session.person) return no(refuse("guard.unclaimed", "session-unclaimed"));
  if (session.requests >= context.limits.requests) return no(refuse("guard.limit", "requests"));
  if (session.meter.isSpent) return no(refuse("guard.limit", "bytes"));
  const now = performance.now();
  if (!session.rate.take(now)) {
    return no(refuse("guard.limit", "request-rate"), session.rate.mayReport(now));
  }
  return { ok: true, plane: context.plane, snapshot, person: session.person };
}

/** A promise only where somebody has to be asked. */
export function judge(
  admission: Extract<Admission, { ok: true }>,
  target: Host & { readonly port: number; readonly path?: string },
  via: "connect" | "http",
  waiting: Waiting,
): Judgement | Promise<Judgement> {
  const { plane, snapshot, person } = admission;
  const { host, port, path } = target;
  const { user, groups, terminal } = person;
  const request: Writable<PolicyRequest> = { plane, user, groups, host, port, via, at: Date.now() };
  if (terminal !== undefined) request.terminal = terminal;
  if (path !== undefined) request.path = path;
  const decision = decide(snapshot.prepared, request);
  if (!passing[plane].has(decision.verdict)) {
    const refusal = refusalOf(snapshot.prepared, decision, request);
    return decision.reason === "port-not-allowed"
      ? { ok: false, refusal }
      : { ok: false, refusal, byPolicy: true };
  }
  const socketPath = snapshot.internalOrigins.get(host);
  if (socketPath !== undefined) return internal(decision, socketPath, via);
  if (decision.via !== undefined)
    return throughParent(decision, snapshot.parents.get(decision.via), snapshot, host, waiting);
  const found = snapshot.resolver.resolve(host, snapshot.addresses, ownAddresses(), waiting);
  return found instanceof Promise
    ? found.then((late) => withRoute(decision, late))
    : withRoute(decision, found);
}

function withRoute(decision: Decision, found: ResolveResult): Judgement {
  return found.ok
    ? { ok: true, decision, route: { kind: "addresses", addresses: found.addresses } }
    : found;
}

/**
 * What we can resolve is tested as if it were dialled from here; which names we need not be able to resolve
 * is the policy's to say. The parent gets the name and resolves it again by itself.
 */
async function throughParent(
  decision: Decision,
  parent: Parent | undefined,
  { prepared, resolver, addresses }: Snapshot,
  host: string,
  waiting: Waiting,
): Promise<Judgement> {
  const unusable = (reason: string) =>
    ({ ok: false, refusal: { ...refusalOf(prepared, decision), reason, status: 502 } }) as const;
  if (!parent) return unusable("parent-unknown");
  if (parent.login.kind === "missing") return unusable("parent-secret-missing");
  if (parent.resolve !== "theirs" || isIP(host) !== 0) {
    const found = await resolver.resolve(host, addresses, ownAddresses(), waiting);
    if (!found.ok && !(parent.resolve === "both" && isNoSuchName(found.refusal))) return found;
  }
  const found = await resolver.find(parent.host, waiting);
  if (typeof found === "string") return unusable("parent-unresolved");
  return { ok: true, decision, route: { kind: "parent", parent, addresses: found } };
}

function internal(decision: Decision, socketPath: string, via: "connect" | "http"): Judgement {
  // Hanare's own origins speak plain HTTP inside this machine; a tunnel to them would carry TLS.
  return via === "http"
    ? { ok: true, decision, route: { kind: "internal", socketPath } }
    : { ok: false, refusal: refuse("guard.port", "internal-origin-is-plain-http") };
}
