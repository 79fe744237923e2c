/** The part of the contract that administrators' status pages show: overview, capacity, policy in force, isolation. */
import { z } from "zod";
import { healthCheckIds, healthLevels } from "../doctor/types.ts";
import { isolationStates } from "../trend/types.ts";
import { signatureUpdate } from "./signature-contract.ts";
import { isolationLevels, isolationRowIds } from "../isolation/types.ts";

/** A list that is fetched from outside on a schedule. */
export const feedView = z.strictObject({
  name: z.string(),
  url: z.string(),
  lists: z.array(z.string()),
  owner: z.string(),
  outcome: z.enum([
    "taken",
    "unchanged",
    "held",
    "refused",
    "unreachable",
    "too-large",
    "waiting",
    "running",
  ]),
  ja: z.string(),
  en: z.string(),
  lookedAt: z.string().nullable(),
  /** When the copy in force was last known to be what its server has. */
  goodAt: z.string().nullable(),
  changedAt: z.string().nullable(),
  nextAt: z.string().nullable(),
  /** Not confirmed for longer than `max_age`. */
  isOld: z.boolean(),
  /** Too old to be used (`on_stale: drop`): its lists match nothing until it is confirmed again. */
  isDropped: z.boolean(),
  /** In a row. */
  failures: z.int(),
  /** A fetched copy that changes too much waits for a person. */
  held: z.strictObject({ entries: z.int(), added: z.int(), removed: z.int() }).nullable(),
});
export type FeedView = z.infer<typeof feedView>;

export const policyStatus = z.strictObject({
  version: z.string(),
  loadedAt: z.string(),
  file: z.string(),
  rules: z.array(
    z.strictObject({
      id: z.string(),
      name: z.string(),
      action: z.string(),
      line: z.int(),
      /** The included file; absent: the main one. */
      file: z.string().exactOptional(),
    }),
  ),
  lists: z.array(
    z.strictObject({
      id: z.string(),
      entries: z.int(),
      /** Entries can be added to it here, one by one. */
      takesEdits: z.boolean(),
    }),
  ),
  /** Set while a newer file on disk is invalid: the policy in force is the older one. */
  problems: z.array(
    z.strictObject({ file: z.string(), line: z.int(), column: z.int(), message: z.string() }),
  ),
  permitIp: z.array(z.string()),
  /** Past their day: they do nothing any more. */
  expired: z.array(
    z.strictObject({
      kind: z.enum(["rule", "rights", "list", "entries"]),
      id: z.string(),
      count: z.int(),
    }),
  ),
  feeds: z.array(feedView),
});
export type PolicyStatus = z.infer<typeof policyStatus>;

const openFigures = z.strictObject({
  count: z.int(),
  p50Ms: z.number().nullable(),
  p95Ms: z.number().nullable(),
});

/** Why somebody can or cannot open now: waiting containers, waiting people, memory and processors. */
export const capacity = z.strictObject({
  pool: z.strictObject({
    wanted: z.int(),
    ready: z.int(),
    creating: z.int(),
    /** Opens from a waiting container, from one that was still starting, and without one. */
    hits: z.int(),
    late: z.int(),
    misses: z.int(),
    /** Ended unused. */
    retired: z.int(),
  }),
  line: z.strictObject({
    waiting: z.int(),
    /** Of them, those who wait for others of their own policy rule only. */
    overQuota: z.int(),
    longestWaitMs: z.number(),
  }),
  warm: openFigures,
  cold: openFigures,
  memory: z.strictObject({
    totalBytes: z.number(),
    availableBytes: z.number(),
    reserveBytes: z.number(),
    /** What one more session costs, and on how many that was measured; 0: estimated. */
    sessionBytes: z.number(),
    measuredOn: z.int(),
    /** How many more sessions the memory holds. */
    room: z.int(),
  }),
  processor: z.strictObject({
    pressure: z.number().nullable(),
    load: z.number(),
    busy: z.boolean(),
  }),
});
export type Capacity = z.infer<typeof capacity>;

export const overview = z.strictObject({
  sessions: z.strictObject({
    active: z.int(),
    ready: z.int(),
    creating: z.int(),
    closing: z.int(),
    stuck: z.int(),
  }),
  limit: z.int(),
  capacity,
  orphans: z.int(),
  /** Null before the first look, moments after the start. */
  host: z
    .strictObject({
      diskFreeBytes: z.number(),
      diskTotalBytes: z.number(),
      isolation: z.enum(isolationStates),
    })
    .nullable(),
  proxy: z.enum(["down", "up"]),
  scanner: z.enum(["down", "up"]),
  /** How often each ended by itself and was started again, since Hanare's own start. */
  restarts: z.strictObject({ proxy: z.int(), clamd: z.int() }),
  signatures: z.strictObject({
    names: z.array(z.string()),
    /** Of the newest official set. */
    builtAt: z.iso.datetime().nullable(),
    /** Longer ago than three days. */
    isOld: z.boolean(),
    count: z.int().nullable(),
  }),
  /** True when only the small set shipped with Hanare is loaded: the product says so. */
  signaturesAreShippedOnly: z.boolean(),
  signatureUpdate,
  /** What somebody should look at: mistakes in a newer file, things past their day, feeds. */
  policy: z.strictObject({
    problems: z.int(),
    expired: z.int(),
    feedsHeld: z.int(),
    feedsFailing: z.int(),
    feedsOld: z.int(),
  }),
  /** Of hanare.yaml: changes that hold from the next start, and mistakes that would refuse it. */
  settings: z.strictObject({ waiting: z.int(), faults: z.int() }),
});
export type Overview = z.infer<typeof overview>;

/** What a machine wrote is the same in both. */
const inBothLanguages = z.strictObject({ ja: z.string(), en: z.string() });

const isolationRow = z.strictObject({
  id: z.enum(isolationRowIds),
  level: z.enum(isolationLevels),
  found: inBothLanguages,
});
export const isolationReport = z.strictObject({
  host: z.array(isolationRow),
  /** Null until somebody asks for one. */
  probe: z
    .strictObject({ at: z.string(), durationMs: z.int(), rows: z.array(isolationRow) })
    .nullable(),
});
export type IsolationReport = z.infer<typeof isolationReport>;

const trendValues = z.strictObject({
  active: z.int(),
  waiting: z.int(),
  warm: z.int(),
  cold: z.int(),
  p50Ms: z.number().nullable(),
  p95Ms: z.number().nullable(),
  requests: z.int(),
  refused: z.int(),
  released: z.int(),
  held: z.int(),
  infected: z.int(),
  memoryFreeBytes: z.number(),
  diskFreeBytes: z.number(),
});
export const trendQuery = z.strictObject({ hours: z.enum(["1", "24"]).default("1") });
export const trend = z.strictObject({
  stepSeconds: z.int(),
  /** Oldest first; `values` is null where Hanare did not run. */
  points: z.array(z.strictObject({ at: z.string(), values: trendValues.nullable() })),
});
export type Trend = z.infer<typeof trend>;

/** What `hanare doctor --json` prints of one check as well. */
export const healthCheck = z.strictObject({
  id: z.enum(healthCheckIds),
  level: z.enum(healthLevels),
  /** What was looked at, with the numbers. */
  detail: inBothLanguages,
  /** Absent where nothing is to be done. */
  problem: z
    .strictObject({
      code: z.string(),
      ja: z.string(),
      en: z.string(),
      /** What to type or to write; the same in every language. */
      mend: z.string(),
      /** Another way. */
      instead: z.string().exactOptional(),
      /** What to do besides. */
      besides: inBothLanguages.exactOptional(),
    })
    .exactOptional(),
});
export const healthView = z.strictObject({
  /** Null while no check runs. */
  progress: z.strictObject({ now: z.enum(healthCheckIds), done: z.int(), of: z.int() }).nullable(),
  /** Null until the first check since the start is through. */
  report: z
    .strictObject({
      at: z.string(),
      durationMs: z.int(),
      healthy: z.boolean(),
      checks: z.array(healthCheck),
    })
    .nullable(),
});
export type HealthView = z.infer<typeof healthView>;
