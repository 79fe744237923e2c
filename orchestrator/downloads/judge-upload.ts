/**
 * Whether a file of the terminal may go to a page. Pure. Scanner and sandbox have looked at it as at a
 * download: what would not be released that way does not go out either (programs, unknown kinds, archives
 * and files that cannot be inspected); then come the rules about what is in it.
 */
import type { RemovedClass } from "../../images/wire/sandbox.ts";
import { fileClassOf } from "./file-class.ts";
import type { Inspected } from "./pipeline.ts";
import type { Reason } from "./reasons.ts";
import { releasedVerdicts, type UploadRules, type Verdict } from "./types.ts";

export type UploadJudgement =
  | { readonly passes: true }
  | { readonly passes: false; readonly verdict: Verdict; readonly reason: Reason };

const blocked = (reason: Reason): UploadJudgement => ({
  passes: false,
  verdict: "blocked",
  reason,
});

/** It is the original that goes out, and only what a rebuild keeps was searched: these may hold words as well. */
const unread: ReadonlySet<RemovedClass> = new Set<RemovedClass>([
  "macro",
  "embedded-object",
  "embedded-file",
  "activex",
  "form-xfa",
  "annotation",
  "custom-xml",
  "unknown-part",
  "trailing-data",
]);

export function judgeUpload(
  { decision, result }: Pick<Inspected, "decision" | "result">,
  rules: UploadRules,
): UploadJudgement {
  const { reason, verdict } = decision;
  // It is the original that would leave: a part that no download would get must not go out with it.
  const whole = releasedVerdicts.has(verdict) && verdict !== "partially_sanitized";
  if (!whole) return { passes: false, verdict, reason };
  const kind = result && fileClassOf(result.contentType);
  if (rules.types !== undefined && (kind === undefined || !rules.types.includes(kind)))
    return blocked("upload-type");
  if (rules.myNumber === "allow" && rules.keywords.length === 0) return { passes: true };
  const { search, removed = [] } = result ?? {};
  if (search === undefined) return { passes: false, verdict: "failed", reason: "internal-error" };
  if (search.myNumbers > 0) return blocked("my-number");
  if (search.keywords.length > 0) return blocked("keyword");
  if (removed.some((each) => unread.has(each.class))) return blocked("not-searchable");
  return { passes: true };
}
