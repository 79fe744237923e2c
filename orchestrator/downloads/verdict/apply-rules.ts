/**
 * What a person's rules make of a file that the pipeline has judged. They only ever take away: a release may become a
 * question to an approver or a refusal, nothing else changes. Pure.
 */
import type { OutputType } from "../../../images/wire/file-words.ts";
import { fileClassOf } from "./file-class.ts";
import type { Inspected } from "../inspection/pipeline.ts";
import type { Reason } from "./reasons.ts";
import { type FileAction, type FileRules, releasedVerdicts } from "../types.ts";

const texts: ReadonlySet<OutputType> = new Set(["text", "csv"]);
const pictures: ReadonlySet<OutputType> = new Set(["jpeg", "png", "gif", "webp", "tiff"]);

export function applyRules(inspected: Inspected, rules: FileRules): Inspected {
  const { decision, result, released } = inspected;
  const ofType = result && rules.types?.[fileClassOf(result.contentType) ?? ""];
  if (!releasedVerdicts.has(decision.verdict) || released === undefined)
    // Nobody is asked about what may not leave at all.
    return decision.verdict === "needs_approval" && ofType === "disallow"
      ? refused(inspected, "policy-type")
      : inspected;
  if (ofType === "disallow") return refused(inspected, "policy-type");
  const ofContent = (result?.removed ?? []).map((each) => rules.content?.[each.class]);
  if (ofContent.includes("disallow")) return refused(inspected, "policy-content");
  if (!fitsProfile(inspected, released.type, rules.profile))
    return refused(inspected, "policy-profile");
  const actions: readonly (FileAction | undefined)[] = [ofType, ...ofContent];
  return rules.profile === "visual_check" || actions.includes("approve")
    ? {
        ...inspected,
        decision: { verdict: "needs_approval", reason: "policy-approval" },
        released: undefined,
        candidate: released,
      }
    : inspected;
}

function fitsProfile(
  { decision }: Inspected,
  type: OutputType,
  profile: FileRules["profile"],
): boolean {
  switch (profile) {
    case "sanitize":
    case "visual_check":
      return true;
    case "text":
      return texts.has(type);
    case "image_pdf":
      return (
        texts.has(type) ||
        pictures.has(type) ||
        (type === "pdf" && decision.reason === "pages-as-pictures")
      );
  }
}

const refused = (inspected: Inspected, reason: Reason): Inspected => ({
  ...inspected,
  decision: { verdict: "blocked", reason },
  released: undefined,
});
