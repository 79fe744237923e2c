/**
 * What one session, one person and all together may take of the desk and its disk: a hostile browser hands over files
 * without end, and past these bounds they are refused or forgotten. Decides only.
 */
import type { Config } from "../../config/schema.ts";
import type { Download } from "./download.ts";
import type { Quarantine } from "../quarantine/quarantine.ts";

const underWayPerSession = 50;
const keptPerSession = 500;

/** What is held already, the new file among it. */
export interface Shares {
  readonly session: readonly Download[];
  readonly person: readonly Download[];
  readonly all: readonly Download[];
}

export const noShares: Shares = { session: [], person: [], all: [] };

type Limits = Pick<
  Config["files"],
  "diskReserveBytes" | "maxBytes" | "personMaxBytes" | "sessionMaxBytes" | "totalMaxBytes"
>;

export function refuseEarly(
  sizeBytes: number,
  { session, person, all }: Shares,
  limits: Limits,
  quarantine: Pick<Quarantine, "freeBytes" | "holds">,
): "disk-full" | "person-full" | "session-full" | "too-large" | undefined {
  if (sizeBytes > limits.maxBytes) return "too-large";
  const underWay = session.filter(({ view }) => view.stage !== "done").length;
  if (underWay > underWayPerSession) return "session-full";
  const sum = (files: readonly Download[]) => heldBytes(files, quarantine) + sizeBytes;
  if (sum(session) > limits.sessionMaxBytes) return "session-full";
  if (sum(person) > limits.personMaxBytes) return "person-full";
  if (sum(all) > limits.totalMaxBytes) return "disk-full";
  // Original and what is rebuilt lie there together for a while.
  const needed = 2 * sizeBytes + limits.diskReserveBytes;
  return quarantine.freeBytes() < needed ? "disk-full" : undefined;
}

/** The oldest finished file that nobody can receive, when there are very many. */
export function tooMany(held: readonly Download[]): Download | undefined {
  if (held.length < keptPerSession) return undefined;
  return held.find(({ view }) => view.stage === "done" && !view.releasable);
}

/** What the files weigh, those under way by what they announced. */
function heldBytes(held: readonly Download[], quarantine: Pick<Quarantine, "holds">): number {
  let sum = 0;
  for (const { args, arriving, original, released, candidate } of held) {
    if (arriving) sum += args.sizeBytes;
    for (const file of new Set([original, released?.file, candidate?.file])) {
      if (file !== undefined && quarantine.holds(file)) sum += file.sizeBytes;
    }
  }
  return sum;
}
