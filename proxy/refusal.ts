/** A refusal: which guard or rule, why, and the status that says so over HTTP. Pure. */
import type { Decision, PolicyRequest, PreparedPolicy } from "../policies/match.ts";
import { isFinal, ownerOf } from "../policies/openings.ts";
import { type PassedRules, passedRules } from "../policies/passed-rules.ts";

export type GuardId =
  | "guard.deny_ip"
  | "guard.dns"
  | "guard.host"
  | "guard.limit"
  | "guard.parse"
  | "guard.port"
  | "guard.sni"
  | "guard.unclaimed";

export interface Refusal {
  /** "isolate" when the policy sends this to the isolated browser; absent is "block". */
  readonly verdict?: "isolate";
  readonly rule: string;
  readonly ruleName?: string;
  readonly list?: string;
  readonly line?: number;
  readonly reason: string;
  readonly message?: string;
  /** Who answers for the rule or the list. */
  readonly owner?: string;
  /** Nobody can ask for what this rule blocks. */
  readonly final?: true;
  readonly would?: string;
  /** What was looked at before; asked for by a page alone, because most refusals show none. */
  readonly passed?: () => PassedRules;
  /** The address that was refused. */
  readonly address?: string;
  readonly status: number;
}

const guardStatus: Readonly<Record<GuardId, number>> = {
  "guard.deny_ip": 403,
  // The name, not the policy, is the trouble; a browser may try again later.
  "guard.dns": 502,
  "guard.host": 403,
  "guard.limit": 429,
  "guard.parse": 400,
  "guard.port": 403,
  "guard.sni": 403,
  "guard.unclaimed": 403,
};

export function refuse(rule: GuardId, reason: string, status = guardStatus[rule]): Refusal {
  return { rule, reason, status };
}

/** The name servers answered, and know no such host. Silence and failure are no answer. */
export function isNoSuchName({ rule, reason }: Refusal): boolean {
  return rule === "guard.dns" && (reason === "dns-not-found" || reason === "dns-no-address");
}

/** From the verdict of a policy that did not say "allow". */
export function refusalOf(
  prepared: PreparedPolicy,
  decision: Decision,
  request?: PolicyRequest,
): Refusal {
  const { verdict, rule, ruleName, list, line, reason, message, would } = decision;
  const owner = ownerOf(prepared, decision);
  return {
    ...(verdict === "isolate" && { verdict }),
    rule,
    reason,
    status: 403,
    ...(ruleName !== undefined && { ruleName }),
    ...(list !== undefined && { list }),
    ...(line !== undefined && { line }),
    ...(message !== undefined && { message }),
    ...(owner !== undefined && { owner }),
    ...(isFinal(prepared, decision) && { final: true }),
    ...(would !== undefined && { would }),
    ...(request && { passed: () => passedRules(prepared, request) }),
  };
}
