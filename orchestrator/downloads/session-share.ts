/**
 * What one session may take of the desk: a hostile browser hands over files without end, and past these
 * bounds they are refused or forgotten. Decides only.
 */
import type { Config } from "../config/schema.ts";
import type { Download } from "./download.ts";
import type { Quarantine } from "./quarantine.ts";

const underWayPerSession = 50;
const keptPerSession = 500;

/** `held` are the session's files, the new one among them. */
export function refuseEarly(
  sizeBytes: number,
  held: readonly Download[],
  { maxBytes, sessionMaxBytes }: Pick<Config["files"], "maxBytes" | "sessionMaxBytes">,
  quarantine: Pick<Quarantine, "holds">,
): "session-full" | "too-large" | undefined {
  if (sizeBytes > maxBytes) return "too-large";
  const underWay = held.filter(({ view }) => view.stage !== "done").length;
  if (underWay > underWayPerSession) return "session-full";
  return heldBytes(held, quarantine) + sizeBytes > sessionMaxBytes ? "session-full" : undefined;
}

/** The oldest finished file that nobody can receive, when there are very many. */
export function tooMany(held: readonly Download[]): Download | undefined {
  if (held.length < keptPerSession) return undefined;
  return held.find(({ view }) => view.stage === "done" && !view.releasable);
}

/** What the files weigh, those under way by what they announced. */
function heldBytes(held: readonly Download[], quarantine: Pick<Quarantine, "holds">): number {
  let sum = 0;
  for (const { args, arriving, original, released } of held) {
    if (arriving) sum += args.sizeBytes;
    for (const file of new Set([original, released?.file])) {
      if (file !== undefined && quarantine.holds(file)) sum += file.sizeBytes;
    }
  }
  return sum;
}
