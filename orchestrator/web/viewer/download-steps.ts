/** Where a file stands on 受信 → 検査 → 無害化 → 判定. Pure. */
import type { Download } from "../../http/file-contract.ts";

export type StepState = "finished" | "current" | "waiting" | "skipped";
export interface Step {
  readonly stage: Download["stage"];
  readonly state: StepState;
}

const order = [
  "receiving",
  "inspecting",
  "sanitizing",
  "done",
] as const satisfies readonly Download["stage"][];

/** Verdicts that are reached before any sanitizing, or without it: the step is shown as not done. */
const withoutSanitizing: ReadonlySet<NonNullable<Download["verdict"]>> = new Set([
  "infected",
  "blocked",
  "needs_approval",
  "needs_password",
  "failed",
  "released_as_is",
]);

export function stepsOf(download: Pick<Download, "stage" | "verdict">): readonly Step[] {
  const at = order.indexOf(download.stage);
  return order.map((stage, index) => ({
    stage,
    state: stateOf(stage, index, at, download.verdict),
  }));
}

function stateOf(
  stage: Download["stage"],
  index: number,
  at: number,
  verdict: Download["verdict"],
): StepState {
  if (stage === "sanitizing" && verdict !== undefined && withoutSanitizing.has(verdict))
    return "skipped";
  if (index < at || (stage === "done" && verdict !== undefined)) return "finished";
  return index === at ? "current" : "waiting";
}
