/** What every engine is handed, and how it says no. Pure but for the tally. */
import type { OfficeKind } from "../wire/office.ts";
import type { Search } from "./search/search.ts";
import type { OutputMember } from "./second-look/forbidden.ts";
import type {
  ContentType,
  OutputType,
  RemovedClass,
  SandboxVerdict,
  SandboxReason,
  SandboxWarning,
} from "../wire/file-words.ts";
import {
  type SandboxObject,
  sandboxObjectsListed,
  type SandboxJob,
  type SandboxProgress,
} from "../wire/sandbox.ts";
import type { SandboxLimits } from "../wire/sandbox-limits.ts";

/** An engine's refusal: an outcome with its reason, not a fault of the program. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  readonly verdict: "blocked" | "failed" | "infected" | "needs_approval" | "needs_password";
  readonly reason: SandboxReason;

  constructor(verdict: Refusal["verdict"], reason: SandboxReason, detail = "") {
    super(`${verdict}: ${reason}${detail === "" ? "" : ` (${detail})`}`);
    this.verdict = verdict;
    this.reason = reason;
  }
}

const placeLimit = 200;

/** Counts what was removed, by class, and says where. */
export class Tally {
  readonly #counts = new Map<RemovedClass, number>();
  readonly #objects = new Map<string, SandboxObject>();
  readonly #path: string[] = [];

  /** Everything counted from here to the returned call lies in `place`. */
  enter(place: string): () => void {
    this.#path.push(place);
    const depth = this.#path.length;
    return () => void this.#path.splice(depth - 1);
  }

  add(removed: RemovedClass, count = 1, action: SandboxObject["action"] = "removed"): void {
    if (action !== "kept")
      this.#counts.set(removed, Math.min((this.#counts.get(removed) ?? 0) + count, 1_000_000));
    const place = this.#path.join(" › ").slice(0, placeLimit).toWellFormed();
    const key = `${action} ${removed} ${place}`;
    const known = this.#objects.get(key);
    if (known === undefined && this.#objects.size >= sandboxObjectsListed) return;
    const sum = Math.min((known?.count ?? 0) + count, 1_000_000);
    this.#objects.set(key, { action, class: removed, count: sum, place });
  }

  has(removed: RemovedClass): boolean {
    return this.#counts.has(removed);
  }

  list(): { class: RemovedClass; count: number }[] {
    return [...this.#counts].map(([name, count]) => ({ class: name, count }));
  }

  objects(): SandboxObject[] {
    return [...this.#objects.values()];
  }
}

/** What became of a file inside a file. */
export interface Inner {
  readonly contentType: ContentType;
  readonly verdict: SandboxVerdict;
  readonly reason: SandboxReason;
  /** Absent unless it may leave. */
  readonly output?: { readonly type: OutputType; readonly bytes: Buffer };
}

/** Sums over the whole job, however deep the archives lie in each other. */
export interface Budget {
  members: number;
  unpackedBytes: number;
}

/** What was unpacked, as it was: rules and virus scanner look at it before anything leaves. */
export interface Found {
  readonly name: string;
  readonly bytes: Buffer;
}

export interface JobContext {
  readonly job: SandboxJob;
  readonly limits: SandboxLimits;
  readonly bytes: Buffer;
  /** tmpfs of this container; nothing else is writable. */
  readonly workDir: string;
  readonly tally: Tally;
  readonly warnings: Set<SandboxWarning>;
  /** How many archives this file lies in. */
  readonly depth: number;
  readonly budget: Budget;
  /** Grows while archives, mails and encrypted documents open. */
  readonly found: Found[];
  /** Runs everything on a file inside this one. Throws only what concerns the whole job. */
  inside(name: string, bytes: Buffer): Promise<Inner>;
  /** The same document in a format of today, made by the office box; as hostile as it was. Throws Refusal. */
  convert(kind: OfficeKind, bytes: Buffer): Promise<Buffer>;
  /** Members of a package that was built here, as a program that is not ours unpacks them. */
  unpackOutput(bytes: Buffer): Promise<readonly OutputMember[]>;
  /** Grows with everything that is rebuilt; absent where nothing is looked for. */
  readonly search?: Search | undefined;
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

/** "Wrong" is only said to somebody who gave one. */
export const passwordReason = (context: Pick<JobContext, "job">): SandboxReason =>
  context.job.passwords.length === 0 ? "password-required" : "password-wrong";
