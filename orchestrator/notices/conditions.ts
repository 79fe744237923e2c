/** What can be wrong with a machine, from figures that others gather; and who hears of it. Pure. */
import type { AuditFinding } from "../audit/daily-check.ts";
import type { Role } from "../identity/types.ts";
import { type Facts, type NoticeKind, noticeKinds } from "./types.ts";

export interface Condition {
  readonly kind: NoticeKind;
  readonly facts: Facts;
}

export const conditionAudience: readonly (readonly [NoticeKind, readonly Role[]])[] = [
  ["signatures-old", ["system-admin"]],
  ["capacity", ["system-admin"]],
  ["disk-low", ["system-admin"]],
  ["memory-low", ["system-admin"]],
  ["audit-broken", ["auditor", "system-admin"]],
  ["audit-unchecked", ["auditor", "system-admin"]],
  ["forward-behind", ["auditor", "system-admin"]],
  ["part-down", ["system-admin"]],
  ["part-restarted", ["system-admin"]],
];

/** Everybody hears what became of what they asked for. */
export function kindsFor(roles: readonly Role[]): readonly NoticeKind[] {
  return noticeKinds.filter((kind) => {
    if (kind === "request-decided" || kind === "approval-decided") return true;
    if (kind === "request-asked") return roles.includes("list-admin");
    // Whoever stands in for an approver has no role of that name.
    if (kind === "approval-asked") return true;
    return conditionAudience.some(
      ([each, audience]) => each === kind && audience.some((role) => roles.includes(role)),
    );
  });
}

export interface Figures extends AuditFinding {
  readonly signatures: { readonly isOld: boolean; readonly builtAt: string | null };
  readonly scanner: "down" | "up";
  readonly proxy: "down" | "up";
  readonly line: { readonly waiting: number; readonly longestWaitMs: number };
  readonly memory: {
    readonly availableBytes: number;
    readonly reserveBytes: number;
  };
  /** Those that ended by themselves a while ago (restarts.ts). */
  readonly restarted: readonly string[];
  readonly disk: { readonly freeBytes: number; readonly totalBytes: number };
  /** Absent where nothing is forwarded. */
  readonly forward?: { readonly waiting: number; readonly since: string | null };
}

const minuteMs = 60_000;
const longWaitMs = 2 * minuteMs;
/** A server that is restarted is away for less. */
const longForwardMs = 10 * minuteMs;
const leastFreeBytes = 2 * 1024 ** 3;
const leastFreePart = 0.05;
/** What was too little is enough again with half as much on top: figures that waver about a limit are one condition. */
const enoughAgain = 1.5;

/** @param stands whether this kind was found by the look before */
export function conditionsOf(
  figures: Figures,
  nowMs: number,
  stands: (kind: NoticeKind) => boolean,
): readonly Condition[] {
  const tooLittle = (kind: NoticeKind, bytes: number, least: number): boolean =>
    bytes < (stands(kind) ? least * enoughAgain : least);
  const { signatures, scanner, proxy, line, disk, broken, unchecked, forward } = figures;
  const { availableBytes, reserveBytes } = figures.memory;
  const found: Condition[] = [];
  if (signatures.isOld)
    found.push({ kind: "signatures-old", facts: { at: day(signatures.builtAt) } });
  if (line.waiting > 0 && line.longestWaitMs >= longWaitMs)
    found.push({
      kind: "capacity",
      facts: { waiting: line.waiting, minutes: Math.floor(line.longestWaitMs / minuteMs) },
    });
  const leastFree = Math.max(leastFreeBytes, disk.totalBytes * leastFreePart);
  if (tooLittle("disk-low", disk.freeBytes, leastFree))
    found.push({ kind: "disk-low", facts: { free: Math.floor(disk.freeBytes / 1024 ** 2) } });
  // No session is opened into the reserve: where half of it is gone, something else grows.
  if (tooLittle("memory-low", availableBytes, reserveBytes / 2))
    found.push({ kind: "memory-low", facts: { free: Math.floor(availableBytes / 1024 ** 2) } });
  if (broken) found.push({ kind: "audit-broken", facts: { ...broken } });
  if (unchecked !== undefined)
    found.push({ kind: "audit-unchecked", facts: { reason: unchecked } });
  if (forward && forward.since !== null && nowMs - Date.parse(forward.since) >= longForwardMs)
    found.push({
      kind: "forward-behind",
      facts: { waiting: forward.waiting, since: forward.since },
    });
  const down = [scanner === "down" ? "clamd" : "", proxy === "down" ? "proxy" : ""];
  const part = down.filter((each) => each !== "").join(", ");
  if (part !== "") found.push({ kind: "part-down", facts: { part } });
  const restarted = figures.restarted.join(", ");
  if (restarted !== "") found.push({ kind: "part-restarted", facts: { part: restarted } });
  return found;
}

const day = (at: string | null): string => at?.slice(0, 10) ?? "–";
