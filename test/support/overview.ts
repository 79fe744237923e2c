/** An overview with plain figures, for tests of what is made of it. */
import type { Capacity, Overview } from "../../orchestrator/http/overview-contract.ts";
import type { Reading } from "../../orchestrator/trend/trend.ts";

const plain: Capacity = {
  pool: { wanted: 1, ready: 1, creating: 0, hits: 3, late: 0, misses: 1, retired: 0 },
  line: { waiting: 0, overQuota: 0, longestWaitMs: 0 },
  warm: { count: 3, p50Ms: 20, p95Ms: 30 },
  cold: { count: 0, p50Ms: null, p95Ms: null },
  memory: {
    totalBytes: 8 * 1024 ** 3,
    availableBytes: 4 * 1024 ** 3,
    reserveBytes: 1024 ** 3,
    sessionBytes: 200 * 1024 ** 2,
    measuredOn: 4,
    room: 15,
  },
  processor: { pressure: null, load: 0.5, busy: false },
};

export const overviewOf = (capacity: Partial<Capacity> = {}): Overview => ({
  sessions: { active: 0, ready: 0, creating: 0, closing: 0, stuck: 0 },
  limit: 20,
  capacity: { ...plain, ...capacity },
  orphans: 0,
  host: {
    ...{ diskFreeBytes: 80 * 1024 ** 3, diskTotalBytes: 200 * 1024 ** 3 },
    isolation: "unproven",
  },
  proxy: "up",
  scanner: "up",
  restarts: { proxy: 0, clamd: 2 },
  signatures: { names: [], builtAt: null, isOld: false, count: null },
  signaturesAreShippedOnly: true,
  signatureUpdate: {
    ...{ source: "off", outcome: "none", detail: "" },
    ...{ lookedAt: null, goodAt: null, nextAt: null },
  },
  policy: { problems: 0, expired: 0, feedsHeld: 0, feedsFailing: 0, feedsOld: 0 },
  settings: { waiting: 0, faults: 0 },
});

/** What a look at such an installation finds, for the numbers of the last day. */
export const readingOf = (of: Partial<Reading> = {}): Reading => ({
  ...{ active: 4, waiting: 0, p50Ms: 20, p95Ms: 30 },
  ...{ memoryFreeBytes: 4 * 1024 ** 3, diskFreeBytes: 80 * 1024 ** 3 },
  counts: { warm: 3, cold: 1, requests: 200, refused: 6 },
  host: {
    ...{ diskFreeBytes: 80 * 1024 ** 3, diskTotalBytes: 200 * 1024 ** 3 },
    isolation: "unproven",
  },
  ...of,
});
