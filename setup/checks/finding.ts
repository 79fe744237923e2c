/** What a check of the machine found. The set-up stops at `fail`; the doctor prints them all. */
import type { ProblemCode } from "../problems.ts";

export interface Finding {
  readonly level: "ok" | "warn" | "fail";
  /** What was looked at, with the numbers. */
  readonly detail: string;
  readonly problem?: {
    readonly code: ProblemCode;
    readonly facts: Readonly<Record<string, string | number>>;
  };
}

export const ok = (detail: string): Finding => ({ level: "ok", detail });
export const warn = (
  detail: string,
  code: ProblemCode,
  facts: Readonly<Record<string, string | number>> = {},
): Finding => ({
  level: "warn",
  detail,
  problem: { code, facts },
});
export const fail = (
  detail: string,
  code: ProblemCode,
  facts: Readonly<Record<string, string | number>> = {},
): Finding => ({
  level: "fail",
  detail,
  problem: { code, facts },
});
