/** What other features see of requests: shapes, and how an address is written. Pure. */
import type { Action, Plane } from "../../policies/compiled.ts";
import type { EntryForm } from "../../policies/entry-forms.ts";
import type { Explanation } from "../../policies/explain.ts";
import type { Opening } from "../../policies/openings.ts";
import { mostPassedRules, type PassedRules, toldReasons } from "../../policies/passed-rules.ts";
import type { DecisionRecord } from "../../proxy/ipc.ts";
import type { RequestId, UserId } from "../base/ids.ts";

/** For what shows them. */
export { mostPassedRules, type PassedRules, toldReasons };

/** The first one is the closed one. */
export const requestStates = ["expired", "withdrawn", "refused", "open", "approved"] as const;
export type RequestState = (typeof requestStates)[number];

/** Why a refusal cannot be asked for: a guard, a rule that takes no requests, no list that would help. */
export const neverReasons = ["guard", "final", "no-list"] as const;
export type NeverReason = (typeof neverReasons)[number];

/** A refusal that was made to somebody, as the proxy recorded it. */
export interface KnownRefusal {
  readonly record: DecisionRecord;
  /** Groups that it was decided for. */
  readonly groups: readonly string[];
}

export interface AccessRequest {
  readonly id: RequestId;
  /** Grows with every request: what paging goes by. */
  readonly seq: number;
  readonly state: RequestState;
  readonly userId: UserId;
  readonly userName: string;
  readonly groups: readonly string[];
  readonly terminal: string | null;
  readonly plane: Plane;
  readonly via: "connect" | "http";
  readonly scheme: DecisionRecord["scheme"];
  readonly host: string;
  readonly port: number;
  /** Of plain HTTP; never with a query. */
  readonly path: string | null;
  /** Reference of the refusal, as block pages and the audit log have it. */
  readonly refusalId: string;
  readonly rule: string;
  readonly ruleName: string | null;
  readonly list: string | null;
  readonly line: number | null;
  readonly owner: string | null;
  readonly reason: string;
  readonly askedAt: number;
  readonly decidedAt: number | null;
  readonly decidedBy: string | null;
  /** What the person is told; never empty where it was refused. */
  readonly answer: string;
  readonly additions: readonly { readonly list: string; readonly entry: string }[];
  /** Last day of what was opened. */
  readonly expires: string | null;
  /** Number of the policy's version that opened it; null where it was open already. */
  readonly version: number | null;
}

/** Address of what was asked for; a query never is in it. */
export function targetOf({
  scheme,
  host,
  port,
  path,
}: Pick<AccessRequest, "host" | "path" | "port" | "scheme">): string {
  const isUsual = (scheme === "http" && port === 80) || (scheme === "https" && port === 443);
  const shown = host.includes(":") ? `[${host}]` : host;
  return `${scheme === "unknown" ? "" : `${scheme}://`}${shown}${isUsual ? "" : `:${port}`}${path ?? ""}`;
}

export interface Asker {
  readonly id: UserId;
  readonly name: string;
  readonly terminal: string;
}

/** Whether a person can ask for a refusal, for pages that show one. */
export type AskState =
  /** `before` is the latest answer to the same question. */
  | { readonly state: "can"; readonly before?: AccessRequest }
  | { readonly state: "asked"; readonly request: AccessRequest }
  | { readonly state: "never"; readonly why: NeverReason }
  /** The policy in force lets it through: reload. */
  | { readonly state: "open" };

export interface RequestQuery {
  readonly state?: RequestState;
  /** Over host, person, rule, reason and id. */
  readonly q?: string;
  readonly before?: number;
  readonly limit: number;
}

/** What an approver sees besides the request itself. */
export interface RequestDetail {
  readonly request: AccessRequest;
  /** By the policy in force now. */
  readonly explanation: Explanation;
  readonly owner: string | null;
  readonly outlook:
    | { readonly state: "open"; readonly verdict: Action }
    | { readonly state: "never"; readonly why: NeverReason }
    | {
        readonly state: "askable";
        readonly forms: readonly {
          readonly form: EntryForm;
          readonly entry: string;
          readonly openings: readonly Opening[];
        }[];
      };
  readonly proposedExpiry: string;
  readonly longestExpiry: string;
}

export interface Decider {
  readonly id: string;
  readonly name: string;
  readonly terminal: string;
}

export type RequestDecision =
  | { readonly decision: "refuse"; readonly answer: string }
  | {
      readonly decision: "approve";
      /** Of an Opening; absent where the policy lets it through by now. */
      readonly opening?: string;
      readonly form: EntryForm;
      readonly expires: string;
      readonly answer: string;
    };

export type DecideOutcome =
  | { readonly outcome: "decided"; readonly request: AccessRequest }
  /** The request is open as before. */
  | {
      readonly outcome: "not-published";
      readonly reason: "conflict" | "problems" | "tests";
      readonly details: readonly { readonly ja: string; readonly en: string }[];
    };

export interface RequestService {
  /** A refusal made to this person, or on the terminal plane to their terminal. */
  findRefusal(asker: Pick<Asker, "id" | "terminal">, refusalId: string): KnownRefusal | undefined;
  /** The newest refusal of a session for the host and port of `untrustedUrl`. */
  refusalAt(userId: UserId, sessionId: string, untrustedUrl: string): KnownRefusal | undefined;
  /** The latest refusals of a person's isolated browsers, newest first, each host once. */
  recentOf(userId: UserId): readonly KnownRefusal[];
  askStateOf(userId: UserId, refusal: KnownRefusal): AskState;
  /** What the refused request went past; undefined where a guard refused it, or another policy is in force by now. */
  passedBy(refusal: KnownRefusal): PassedRules | undefined;
  /**
   * Throws REFUSAL_UNKNOWN, REQUEST_CANNOT_HELP, REQUEST_NOT_NEEDED, REQUEST_LIMIT. Asked again while open, the
   * first one is returned.
   */
  open(
    asker: Asker,
    refusalId: string,
    reason: string,
  ): { request: AccessRequest; joined: boolean };
  mine(userId: UserId): readonly AccessRequest[];
  /** Throws NOT_FOUND for somebody else's, ILLEGAL_TRANSITION unless it is open. */
  withdraw(asker: Asker, untrustedId: string): AccessRequest;
  search(query: RequestQuery): readonly AccessRequest[];
  openCount(): number;
  /** Throws NOT_FOUND, POLICY_INVALID. */
  look(untrustedId: string): RequestDetail;
  /** Throws NOT_FOUND, REQUEST_OWN, ILLEGAL_TRANSITION, REQUEST_CANNOT_HELP, REQUEST_NOT_OPENED, BAD_REQUEST. */
  decide(decider: Decider, untrustedId: string, decision: RequestDecision): Promise<DecideOutcome>;
  /** Called whenever a request was made or changed its state. Returns the unsubscriber. */
  onChange(listener: (request: AccessRequest) => void): () => void;
}
