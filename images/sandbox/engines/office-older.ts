/**
 * doc, xls, ppt, RTF, xlsb and the XML formats of 2003: nothing in them is edited in place. The office box makes a
 * document of today out of them, and that one is rebuilt here like any other that comes in.
 */
import { officeTargets } from "../../wire/office.ts";
import { type JobContext, passwordReason, Refusal } from "../context.ts";
import { identify } from "../identify/identify.ts";
import { type OlderType, olderFacts } from "../office/older.ts";
import { sanitizeOoxml } from "./ooxml.ts";
import { unlockOlder } from "../office/unlock-older.ts";
import type { EngineOutcome } from "./outcome.ts";

/** What Excel locks a workbook with that is only protected against changes: it opens without a question. */
const everybodys = ["VelvetSweatshop"];

/** The document itself; one behind a password as it was before it got one. */
function unlocked(type: OlderType, context: JobContext): Buffer {
  if (type !== "doc" && type !== "xls" && type !== "ppt")
    throw new Refusal("needs_approval", "password-unsupported");
  const { passwords } = context.job;
  const plain = unlockOlder(type, context.bytes, [...passwords, ...everybodys]);
  if (plain === undefined) throw new Refusal("needs_password", passwordReason(context));
  context.tally.add("encryption");
  context.found.push({ name: context.job.name, bytes: plain });
  return plain;
}

export async function convertOffice(type: OlderType, context: JobContext): Promise<EngineOutcome> {
  const { kind, locked, removed } = olderFacts(type, context.bytes);
  if (kind === undefined) throw new Refusal("needs_approval", "no-engine");
  const document = locked ? unlocked(type, context) : context.bytes;
  context.progress("unpack", 0.2);
  const bytes = await context.convert(kind, document);
  const target = officeTargets[kind];
  if (identify(bytes, target, context.limits) !== target)
    throw new Refusal("failed", "verifier-disagreed", "converted to something else");
  // Rules and virus scanner see what LibreOffice unpacked, too.
  context.found.push({ name: context.job.name, bytes });
  const outcome = await sanitizeOoxml(target, { ...context, bytes });
  if (outcome.kind !== "rebuilt") throw new Refusal("failed", "engine-error");
  for (const each of removed) if (!context.tally.has(each)) context.tally.add(each);
  return {
    kind: "converted",
    type: outcome.type,
    bytes: outcome.bytes,
    reason: "format-converted",
  };
}
