/**
 * The verdict, from what the scanner and the sandbox said. Pure. Infected wins over everything; then the
 * sandbox's block, because it says most; then whatever was not looked at. A release needs every yes.
 */
import type { SandboxResult } from "../../../images/wire/sandbox.ts";
import type { Reason } from "./reasons.ts";
import type { Verdict } from "../types.ts";

export type ScanOutcome =
  | { readonly kind: "failed"; readonly detail: string }
  | { readonly kind: "found"; readonly signature: string }
  | { readonly kind: "limit"; readonly signature: string }
  | { readonly kind: "suspicious"; readonly signature: string }
  | { readonly kind: "clean" };

export type BoxOutcome =
  | {
      readonly kind: "failed";
      readonly reason: "sandbox-failed" | "sandbox-timeout";
      readonly detail: string;
    }
  | { readonly kind: "done"; readonly result: SandboxResult };

export interface Decision {
  readonly verdict: Verdict;
  readonly reason: Reason;
  /** Name of the signature, when one decided. */
  readonly signature?: string;
}

/** What a scan alone forbids; undefined when it forbids nothing. */
function refusalByScan(scan: ScanOutcome, onOutput: boolean): Decision | undefined {
  switch (scan.kind) {
    case "found":
      return {
        verdict: "infected",
        reason: onOutput ? "signature-in-output" : "signature",
        signature: scan.signature,
      };
    case "failed":
      return { verdict: "failed", reason: "scan-failed" };
    case "limit":
      return { verdict: "blocked", reason: "scan-limit", signature: scan.signature };
    case "suspicious":
      return { verdict: "blocked", reason: "scan-suspicious", signature: scan.signature };
    case "clean":
      return undefined;
  }
}

/** Before the output was scanned: says whether there is a release to think about at all. */
export function decideOnOriginal(
  scan: ScanOutcome,
  box: BoxOutcome,
  /** What was unpacked, as far as the box got. */
  insideScans: readonly ScanOutcome[] = [],
): Decision {
  const scans = [scan, ...insideScans].map((each) => refusalByScan(each, false));
  const infected = scans.find((each) => each?.verdict === "infected");
  if (infected !== undefined) return infected;
  if (box.kind === "done" && box.result.verdict === "infected")
    return { verdict: "infected", reason: "rule-match", signature: box.result.rule ?? "unnamed" };
  const byScan = scans.find((each) => each !== undefined);
  if (box.kind === "failed") return byScan ?? { verdict: "failed", reason: box.reason };
  const byBox: Decision = { verdict: box.result.verdict, reason: box.result.reason };
  return byBox.verdict === "blocked" ? byBox : (byScan ?? byBox);
}

/** `first` allowed a release; the second scan looks at the bytes that would leave. */
export function decideOnOutput(first: Decision, outputScan: ScanOutcome): Decision {
  return refusalByScan(outputScan, true) ?? first;
}
