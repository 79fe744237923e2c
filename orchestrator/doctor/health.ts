/** The doctor within a running orchestrator: one check at a time, which goes on when the page that asked is left. */
import { describeError } from "../base/errors.ts";
import type { Log } from "../base/log.ts";
import { examine, type Patient } from "./examine.ts";
import { toCheck } from "./row.ts";
import type { HealthProgress, HealthReport, HealthService } from "./types.ts";

/** A probe container may take as long as a session to start. */
export const examinationMs = 60_000;

export interface HealthParts extends Patient {
  readonly log: Log;
}

export function createHealth({ log, ...patient }: HealthParts): HealthService & AsyncDisposable {
  let progress: HealthProgress | null = null;
  let report: HealthReport | null = null;
  let running: Promise<void> | undefined;
  const stop = new AbortController();

  const check = async (whenDone: (done: HealthReport) => void): Promise<void> => {
    const startedAt = performance.now();
    const until = AbortSignal.any([stop.signal, AbortSignal.timeout(examinationMs)]);
    try {
      const checks = (await examine(patient, (now) => (progress = now), until)).map(toCheck);
      report = {
        at: new Date().toISOString(),
        durationMs: Math.round(performance.now() - startedAt),
        healthy: checks.every(({ level }) => level !== "fail"),
        checks,
      };
      whenDone(report);
    } catch (error) {
      // What people then see is the report of before, with its time.
      log.warn({ event: "health-check", outcome: "failure", reason: describeError(error) });
    } finally {
      progress = null;
      running = undefined;
    }
  };

  return {
    read: () => ({ progress, report }),
    start(whenDone) {
      if (running === undefined) {
        progress = { now: "configuration", done: 0, of: 1 };
        running = check(whenDone);
      }
      return { progress, report };
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
    },
  };
}
