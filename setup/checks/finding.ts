/** What a check of the machine found. The set-up stops at `fail`; the doctor prints them all. */
import { type Bilingual, both } from "../../orchestrator/base/bilingual.ts";
import type { Facts, ProblemCode } from "../problems.ts";

/** Words in both languages; or paths, numbers and names, which are the same in both. */
export type Detail = Bilingual | string;

export interface Finding {
  readonly level: "ok" | "warn" | "fail";
  /** What was looked at, with the numbers. */
  readonly detail: Bilingual;
  readonly problem?: { readonly code: ProblemCode; readonly facts: Facts };
}

const worded = (detail: Detail): Bilingual => (typeof detail === "string" ? both(detail) : detail);

export const ok = (detail: Detail): Finding => ({ level: "ok", detail: worded(detail) });
export const warn = (detail: Detail, code: ProblemCode, facts: Facts = {}): Finding => ({
  ...{ level: "warn", detail: worded(detail), problem: { code, facts } },
});
export const fail = (detail: Detail, code: ProblemCode, facts: Facts = {}): Finding => ({
  ...{ level: "fail", detail: worded(detail), problem: { code, facts } },
});
