/** How the installation has been doing over the last day. Shapes only. */

/** Of one stretch of time: the highest of what stands at a moment, the lowest of what is free, the sum of what is counted. */
export interface TrendValues {
  readonly active: number;
  readonly waiting: number;
  readonly warm: number;
  readonly cold: number;
  /** Of the latest 256 opens from ready browsers; null before the first. */
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly requests: number;
  readonly refused: number;
  readonly released: number;
  readonly held: number;
  readonly infected: number;
  readonly memoryFreeBytes: number;
  readonly diskFreeBytes: number;
}

export interface TrendPoint {
  /** Where the stretch begins. */
  readonly at: string;
  /** Null where Hanare did not run. */
  readonly values: TrendValues | null;
}

/** First one is the closed one. */
export const isolationStates = ["failing", "unproven", "proven"] as const;
export type IsolationState = (typeof isolationStates)[number];

export interface Trend {
  readonly stepSeconds: number;
  readonly points: readonly TrendPoint[];
}

/** What the latest look found of the machine. */
export interface HostState {
  readonly diskFreeBytes: number;
  readonly diskTotalBytes: number;
  /** "unproven": the host is well, and no probe container has been looked at. */
  readonly isolation: IsolationState;
}

export interface TrendService {
  /** The last hour by the minute, or the last day by the quarter of an hour. */
  read(hours: 1 | 24): Trend;
  /** Null before the first look. */
  host(): HostState | null;
}
