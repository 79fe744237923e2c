/**
 * Whether a file of the terminal may go to a page. Pure. Scanner and sandbox have looked at it as at a
 * download: what would not be released that way does not go out either (programs, unknown kinds, archives
 * and files that cannot be inspected), and rules about a file's content belong here.
 */
import type { Inspected } from "./pipeline.ts";
import { releasedVerdicts, type Verdict } from "./types.ts";

export type UploadJudgement =
  | { readonly passes: true }
  | { readonly passes: false; readonly verdict: Verdict; readonly reason: string };

export function judgeUpload({ decision }: Pick<Inspected, "decision">): UploadJudgement {
  const { reason, verdict } = decision;
  // It is the original that would leave: a part that no download would get must not go out with it.
  const whole = releasedVerdicts.has(verdict) && verdict !== "partially_sanitized";
  return whole ? { passes: true } : { passes: false, verdict, reason };
}
