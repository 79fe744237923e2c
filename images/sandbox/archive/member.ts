/** One file out of an archive, and the budget that all archives of a job share. */
import { type JobContext, Refusal } from "../context.ts";

export interface Member {
  readonly name: string;
  readonly bytes: Buffer;
  readonly encrypted: boolean;
  /** MS-DOS time (low 16 bits) and date (high 16 bits), as zip keeps it. */
  readonly dosTime?: number;
}

/** Called before a member is unpacked, with the size the archive declares. */
export function spend(context: Pick<JobContext, "budget" | "limits">, sizeBytes: number): void {
  const { budget, limits } = context;
  budget.members += 1;
  budget.unpackedBytes += sizeBytes;
  if (budget.members > limits.members * 2) throw new Refusal("blocked", "member-limit");
  if (budget.unpackedBytes > limits.unpackedBytes)
    throw new Refusal("blocked", "ratio-limit", "all archives together");
}

/** 1980 to 2107 is what the format can say; anything else is its zero. */
export function dosTimeOf(date: Date): number {
  const year = date.getUTCFullYear();
  if (!(year >= 1980 && year <= 2107)) return 0x0021_0000;
  const day = ((year - 1980) << 9) | ((date.getUTCMonth() + 1) << 5) | date.getUTCDate();
  const time =
    (date.getUTCHours() << 11) | (date.getUTCMinutes() << 5) | (date.getUTCSeconds() >> 1);
  return ((day << 16) | time) >>> 0;
}
