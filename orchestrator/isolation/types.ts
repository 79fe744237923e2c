/** What the isolation of this host and of a probe container looks like, row by row. Shapes only. */
import type { Bilingual } from "../base/bilingual.ts";

/** Rows about the host, then rows about the probe; the order is that of the page. */
export const isolationRowIds = [
  "user-namespaces",
  "apparmor",
  "seccomp",
  "cgroup",
  "engine",
  "runtime",
  "engine-user",
  "kernel",
  "probe-start",
  "probe-applied",
  "probe-kernel",
  "probe-sandbox",
] as const;
export type IsolationRowId = (typeof isolationRowIds)[number];

/** First one is the closed one: what fails stops Hanare from starting, or a session from being given out. */
export const isolationLevels = ["fail", "ok"] as const;
export type IsolationLevel = (typeof isolationLevels)[number];

export interface IsolationRow {
  readonly id: IsolationRowId;
  readonly level: IsolationLevel;
  /** What was found; what the kernel or the engine wrote is the same in both languages. */
  readonly found: Bilingual;
}

export interface IsolationReport {
  readonly host: readonly IsolationRow[];
  /** Null before the first probe. */
  readonly probe: {
    readonly at: string;
    readonly durationMs: number;
    readonly rows: readonly IsolationRow[];
  } | null;
}

export interface IsolationService {
  /** The host as it is now, with the latest probe. */
  read(): Promise<IsolationReport>;
  /** Starts a probe container, looks at it and removes it; joins one that runs already. */
  probe(): Promise<IsolationReport>;
}
