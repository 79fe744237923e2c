/**
 * Which rules a refused request went past and why, as far as that is the business of the person who was
 * refused: rules for other groups, terminals or planes are counted and not named, and the contents of lists
 * never show. Pure.
 */
import { decide, type PassedOver, type PolicyRequest, type PreparedPolicy } from "./match.ts";

/** Reasons that tell the person something about the request and nothing about other people. */
export const toldReasons = ["expired", "time", "port", "path", "host", "report-only"] as const;
type ToldReason = (typeof toldReasons)[number];

export interface PassedRules {
  /** In the order in which they were looked at; the first ones. */
  readonly rules: readonly {
    readonly rule: string;
    readonly ruleName?: string;
    readonly why: ToldReason;
  }[];
  /** Passed over besides those. */
  readonly others: number;
}

export const mostPassedRules = 30;

export function passedRules(prepared: PreparedPolicy, request: PolicyRequest): PassedRules {
  const trace: Parameters<typeof decide>[2] = [];
  decide(prepared, request, trace);
  const passed = trace.filter(({ outcome }) => outcome !== "matched");
  const rules = passed
    .flatMap(({ rule, ruleName, outcome }) =>
      isTold(outcome) ? [{ rule, ...(ruleName !== undefined && { ruleName }), why: outcome }] : [],
    )
    .slice(0, mostPassedRules);
  return { rules, others: passed.length - rules.length };
}

const told: ReadonlySet<string> = new Set(toldReasons);
const isTold = (outcome: PassedOver | "matched"): outcome is ToldReason => told.has(outcome);
