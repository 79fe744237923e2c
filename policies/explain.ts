/**
 * The whole way of one request through guards, rules and addresses, for people: `policy explain`, the
 * embedded tests and the pages ask here. Pure: it resolves nothing, addresses are given.
 */
import type { Action, Plane } from "./compiled.ts";
import { classifyAddress, makeAddressTable } from "./guards/address-class.ts";
import { parseAuthority } from "./guards/host-port.ts";
import { type Decision, decide, type PreparedPolicy, type TraceStep } from "./match.ts";

export interface ExplainRequest {
  readonly plane: Plane;
  readonly user: string;
  readonly groups: readonly string[];
  readonly target: { readonly kind: "url" | "connect"; readonly text: string };
  readonly at: number;
  readonly terminal?: string;
  /** What the name would resolve to, when the question is about that. */
  readonly resolves?: readonly string[];
}

export interface Explanation {
  readonly verdict: Action;
  readonly rule: string;
  readonly reason: string;
  readonly host?: string;
  readonly port?: number;
  readonly decision?: Decision;
  /** The address that a guard refused. */
  readonly address?: string;
  readonly trace: readonly TraceStep[];
}

export function explain(prepared: PreparedPolicy, request: ExplainRequest): Explanation {
  const trace: TraceStep[] = [];
  const target = readTarget(prepared, request.target);
  if (!target.ok) return { verdict: "block", rule: target.rule, reason: target.reason, trace };
  const { host, port, via, path } = target;
  const { plane, user, groups, at, terminal } = request;
  const decision = decide(
    prepared,
    {
      ...{ plane, user, groups, host, port, via, at },
      ...(terminal !== undefined && { terminal }),
      ...(path !== undefined && { path }),
    },
    trace,
  );
  const base = { host, port, decision, trace };
  const refused =
    decision.verdict === "block" ? undefined : refusedAddress(prepared, host, request);
  if (refused) {
    return {
      ...base,
      verdict: "block",
      rule: "guard.deny_ip",
      reason: refused.reason,
      address: refused.address,
    };
  }
  return { ...base, verdict: decision.verdict, rule: decision.rule, reason: decision.reason };
}

type Target =
  | {
      readonly ok: true;
      readonly host: string;
      readonly port: number;
      readonly via: "connect" | "http";
      readonly path?: string;
    }
  | { readonly ok: false; readonly rule: "guard.host" | "guard.parse"; readonly reason: string };

/** Split by hand: `new URL` would repair exactly the spellings that the guard has to see. */
function readTarget(prepared: PreparedPolicy, target: ExplainRequest["target"]): Target {
  const url = /^(https?):\/\/([^/?#]*)([^#]*)/i.exec(target.text);
  if (target.kind === "url" && !url)
    return { ok: false, rule: "guard.parse", reason: "target-form" };
  const scheme = url?.[1]?.toLowerCase();
  const authority = target.kind === "url" ? (url?.[2] ?? "") : target.text;
  const defaultPort = scheme === undefined ? undefined : scheme === "https" ? 443 : 80;
  const parsed = parseAuthority(authority, prepared.policy.guards, defaultPort);
  if (!parsed.ok) return { ok: false, rule: "guard.host", reason: parsed.reason };
  return {
    ok: true,
    host: parsed.host,
    port: parsed.port,
    ...(scheme === "http"
      ? { via: "http", path: url?.[3] === "" ? "/" : (url?.[3] ?? "/") }
      : { via: "connect" }),
  };
}

function refusedAddress(
  prepared: PreparedPolicy,
  host: string,
  request: ExplainRequest,
): { address: string; reason: string } | undefined {
  // Traffic that goes direct never passes the resolver guard of this host.
  const addresses = /^[\d.]+$|:/.test(host) ? [host] : (request.resolves ?? []);
  const table = makeAddressTable(prepared.policy.guards);
  for (const address of addresses) {
    const verdict = classifyAddress(address, table, new Set());
    if (!verdict.allowed) return { address, reason: verdict.reason };
  }
  return undefined;
}
