/**
 * Whether a file of the terminal may go to a page, and as what. Pure. Scanner and sandbox have looked at it as at a
 * download: what would not be released that way does not go out either (programs, unknown kinds, archives
 * and files that cannot be inspected); then come the rules about what is in it.
 */
import type { RemovedClass } from "../../../images/wire/file-words.ts";
import type { Decision } from "./decide.ts";
import { fileClassOf } from "./file-class.ts";
import type { Inspected } from "../inspection/pipeline.ts";
import type { Reason } from "./reasons.ts";
import { releasedVerdicts, type UploadRules } from "../types.ts";

export type UploadJudgement = {
  readonly decision: Decision;
} & (
  | { readonly passes: true }
  /** `askable`: a person may let it out. */
  | { readonly passes: false; readonly askable: boolean }
);

const held = (decision: Decision): UploadJudgement => ({
  passes: false,
  askable: false,
  decision,
});
const blocked = (reason: Reason): UploadJudgement => held({ verdict: "blocked", reason });

/** Only what a rebuild keeps was searched: where the original goes out, these may hold words as well. */
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
  const { verdict } = decision;
  const asIs = rules.profile === "original";
  // Where the original would leave, a part that no download would get must not go out with it.
  const whole = releasedVerdicts.has(verdict) && !(asIs && verdict === "partially_sanitized");
  if (!whole) return held(decision);
  const kind = result && fileClassOf(result.contentType);
  if (rules.types !== undefined && (kind === undefined || !rules.types.includes(kind)))
    return blocked("upload-type");
  const passes: UploadJudgement = {
    passes: true,
    decision: asIs
      ? { verdict: "released_as_is", reason: "upload-passed" }
      : { verdict, reason: "upload-rebuilt" },
  };
  if (rules.myNumber === "allow" && rules.keywords.length === 0) return passes;
  const { search, removed = [] } = result ?? {};
  if (search === undefined) return held({ verdict: "failed", reason: "internal-error" });
  const myNumber = search.myNumbers > 0;
  const keyword = search.keywords.length > 0;
  if (myNumber && rules.myNumber === "block") return blocked("my-number");
  if (keyword && rules.onKeyword === "block") return blocked("keyword");
  if (asIs && removed.some((each) => unread.has(each.class))) return blocked("not-searchable");
  if (!myNumber && !keyword) return passes;
  const reason = myNumber ? "my-number" : "keyword";
  return { passes: false, askable: true, decision: { verdict: "needs_approval", reason } };
}
