/** Where the numbers of the last day come from. */
import { statfs } from "node:fs/promises";
import { describeError } from "../base/errors.ts";
import type { Log } from "../base/log.ts";
import type { RunningFileDesk } from "../downloads/desk/desk.ts";
import type { IsolationService } from "../isolation/types.ts";
import type { MetricsMessage } from "../../proxy/ipc.ts";
import type { Sessions } from "../sessions/service.ts";
import { createTrend, type Reading, type RunningTrend } from "../trend/trend.ts";
import type { IsolationState } from "../trend/types.ts";

type Metrics = MetricsMessage["metrics"] | undefined;

export interface TrendSources {
  readonly dataDir: string;
  readonly sessions: Pick<Sessions, "list" | "capacity">;
  readonly files: Pick<RunningFileDesk, "judgedBetween">;
  readonly isolation: IsolationService;
  /** Of each proxy that has reported. */
  readonly proxies: () => readonly Metrics[];
  readonly now: () => number;
  readonly log: Log;
}

export function startTrend(sources: TrendSources): RunningTrend {
  const { files, now, log } = sources;
  const trend = createTrend({
    ...{ now, log },
    look: () => look(sources),
    judged: (fromMs, toMs) => {
      const { infected = 0, ...others } = files.judgedBetween(fromMs, toMs);
      const { released_as_is = 0, sanitized = 0, converted = 0, partially_sanitized = 0 } = others;
      const { needs_password = 0, needs_approval = 0, blocked = 0, failed = 0 } = others;
      return {
        released: released_as_is + sanitized + converted + partially_sanitized,
        held: needs_password + needs_approval + blocked + failed,
        infected,
      };
    },
  });
  void trend.sample();
  return trend;
}

async function look({
  dataDir,
  sessions,
  isolation,
  proxies,
  log,
}: TrendSources): Promise<Reading> {
  const { pool, line, warm, memory } = sessions.capacity();
  const disk = await statfs(dataDir);
  const outcomes = proxies().flatMap((metrics) => metrics?.outcomes ?? []);
  const sum = (fits: (verdict: string) => boolean) =>
    outcomes.reduce((all, { verdict, count }) => all + (fits(verdict) ? count : 0), 0);
  const diskFreeBytes = disk.bavail * disk.bsize;
  return {
    active: sessions.list().filter(({ state }) => state === "active").length,
    waiting: line.waiting,
    p50Ms: warm.p50Ms,
    p95Ms: warm.p95Ms,
    memoryFreeBytes: memory.availableBytes,
    diskFreeBytes,
    counts: {
      warm: pool.hits + pool.late,
      cold: pool.misses,
      requests: sum(() => true),
      refused: sum((verdict) => verdict === "block"),
    },
    host: {
      diskFreeBytes,
      diskTotalBytes: disk.blocks * disk.bsize,
      isolation: await isolationState(isolation, log),
    },
  };
}

async function isolationState(isolation: IsolationService, log: Log): Promise<IsolationState> {
  try {
    const { host, probe } = await isolation.read();
    const bad = [...host, ...(probe?.rows ?? [])].some(({ level }) => level !== "ok");
    return bad ? "failing" : probe === null ? "unproven" : "proven";
  } catch (error) {
    // The engine does not answer: nothing is known, so nothing is said to be well.
    log.warn({ event: "trend-isolation", outcome: "failure", reason: describeError(error) });
    return "failing";
  }
}
