/**
 * An Office document as a PDF of its pages' pictures: it is rebuilt first, the office box lays out what was rebuilt, and
 * what comes of that is drawn like any other PDF that comes in.
 */
import { laidOutKinds } from "../../wire/office.ts";
import type { OutputType } from "../../wire/file-words.ts";
import { type JobContext, Refusal } from "../context.ts";
import { identify } from "../identify/identify.ts";
import type { EngineOutcome } from "./outcome.ts";
import { sanitizePdf } from "./pdf.ts";

/** Templates and shows are laid out as their documents. */
const kinds: Partial<Record<OutputType, (typeof laidOutKinds)[number]>> = {
  ...Object.fromEntries(laidOutKinds.map((kind) => [kind, kind])),
  dotx: "docx",
  xltx: "xlsx",
  potx: "pptx",
  ppsx: "pptx",
};

/** Where pictures of pages were asked for; everything else stays as it is. */
export async function drawOffice(
  outcome: EngineOutcome,
  context: JobContext,
): Promise<EngineOutcome> {
  const wanted = context.job.pictures === true && context.depth === 0;
  if (!wanted || (outcome.kind !== "rebuilt" && outcome.kind !== "converted")) return outcome;
  const kind = kinds[outcome.type];
  if (kind === undefined) return outcome;
  const bytes = await context.convert(kind, outcome.bytes);
  if (identify(bytes, "pdf", context.limits) !== "pdf")
    throw new Refusal("failed", "verifier-disagreed", "laid out as something else");
  // Rules and virus scanner see what LibreOffice made of it, too.
  context.found.push({ name: `${context.job.name}.pdf`, bytes });
  return sanitizePdf({ ...context, bytes });
}
