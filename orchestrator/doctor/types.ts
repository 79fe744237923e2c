/** What `hanare doctor` and the console's health page tell, check by check. Shapes only. */
import type { Bilingual } from "../base/bilingual.ts";
import { type IsolationReport, isolationRowIds } from "../isolation/types.ts";

/** Rows about isolation come under their own ids; "isolation" itself only when they cannot be had. */
export const healthCheckIds = [
  "root",
  "disk-engine",
  "images",
  "isolation",
  "memory",
  "disk-data",
  "configuration",
  "port",
  "clock",
  "certificate",
  "proxy-limits",
  "signatures",
  "shared-folders",
  "audit-forward",
  "notices",
  "terminals",
  "redirect-ca",
  ...isolationRowIds,
] as const;
export type HealthCheckId = (typeof healthCheckIds)[number];

/** First one is the closed one. */
export const healthLevels = ["fail", "warn", "ok"] as const;
export type HealthLevel = (typeof healthLevels)[number];

export interface HealthCheck {
  readonly id: HealthCheckId;
  readonly level: HealthLevel;
  /** What was looked at, with the numbers. */
  readonly detail: Bilingual;
  /** Absent where nothing is to be done. */
  readonly problem?: {
    readonly code: string;
    /** What is wrong. */
    readonly ja: string;
    readonly en: string;
    /** What to type or to write; the same in every language. */
    readonly mend: string;
    /** Another way. */
    readonly instead?: string;
    /** What to do besides. */
    readonly besides?: Bilingual;
  };
}

export interface HealthReport {
  readonly at: string;
  readonly durationMs: number;
  /** Nothing fails; warnings are allowed. */
  readonly healthy: boolean;
  readonly checks: readonly HealthCheck[];
}

export interface HealthProgress {
  readonly now: HealthCheckId;
  readonly done: number;
  readonly of: number;
}

export interface HealthView {
  /** Null while nobody has asked for a check. */
  readonly progress: HealthProgress | null;
  /** Null until the first check is through. */
  readonly report: HealthReport | null;
}

export interface HealthService {
  read(): HealthView;
  /** Begins a check, or joins the one that runs; `whenDone` is called for a check that begins here. */
  start(whenDone: (report: HealthReport) => void): HealthView;
}

/** What a running orchestrator tells the doctor of itself. */
export interface Running {
  /** Whether it is Hanare itself that has the portal's port. */
  answers(): Promise<boolean>;
  /** Undefined when nothing runs. */
  probe(): Promise<IsolationReport | undefined>;
  /** Prometheus text; undefined when nothing runs. */
  metrics(): Promise<string | undefined>;
}
