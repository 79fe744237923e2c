/** What every engine is handed, and how it says no. Pure but for the tally. */
import type {
  RemovedClass,
  SandboxJob,
  SandboxLimits,
  SandboxProgress,
  SandboxReason,
  SandboxWarning,
} from "../wire/sandbox.ts";

/** An engine's refusal: an outcome with its reason, not a fault of the program. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly verdict: "blocked" | "failed" | "needs_approval" | "needs_password";
  readonly reason: SandboxReason;

  constructor(verdict: Refusal["verdict"], reason: SandboxReason, detail = "") {
    super(`${verdict}: ${reason}${detail === "" ? "" : ` (${detail})`}`);
    this.verdict = verdict;
    this.reason = reason;
  }
}

/** Counts what was removed, by class. */
export class Tally {
  readonly #counts = new Map<RemovedClass, number>();

  add(removed: RemovedClass, count = 1): void {
    this.#counts.set(removed, Math.min((this.#counts.get(removed) ?? 0) + count, 1_000_000));
  }

  has(removed: RemovedClass): boolean {
    return this.#counts.has(removed);
  }

  list(): { class: RemovedClass; count: number }[] {
    return [...this.#counts].map(([name, count]) => ({ class: name, count }));
  }
}

export interface JobContext {
  readonly job: SandboxJob;
  readonly limits: SandboxLimits;
  readonly bytes: Buffer;
  /** tmpfs of this container; nothing else is writable. */
  readonly workDir: string;
  readonly tally: Tally;
  readonly warnings: Set<SandboxWarning>;
  progress(step: SandboxProgress["step"], done: number): void;
  /** A line for whoever looks into a refusal; never shown to the person who downloads. */
  note(line: string): void;
}

/** The reason shown first: the most telling thing that was taken out. */
export function reasonOf(tally: Tally): SandboxReason {
  if (tally.has("macro")) return "macro-removed";
  if (tally.has("script") || tally.has("action")) return "script-removed";
  const harmless: readonly RemovedClass[] = [
    "metadata",
    "location",
    "thumbnail",
    "printer-settings",
  ];
  const list = tally.list();
  if (list.length === 0) return "rebuilt";
  return list.every((each) => harmless.includes(each.class))
    ? "metadata-removed"
    : "active-content-removed";
}
