/** Runs reconcile on a timer and when the engine says that a container died; ends sessions at once then. */
import { describeError } from "../base/errors.ts";
import type { SessionId } from "../base/ids.ts";
import type { Log } from "../base/log.ts";
import type { EngineClient } from "../engine/client.ts";
import type { ReconcileReport } from "./reconcile.ts";
import type { SessionService } from "./types.ts";

const everyMs = 10_000;

export interface EngineWatch extends AsyncDisposable {
  /** Counters of the latest round. */
  readonly latest: ReconcileReport;
}

export async function watchEngine(
  engine: EngineClient,
  sessions: SessionService,
  reconcile: () => Promise<ReconcileReport>,
  log: Log,
): Promise<EngineWatch> {
  let latest: ReconcileReport = { orphans: 0, lost: 0 };
  let round: Promise<void> = Promise.resolve();

  const stopEvents = await engine.onDeath(({ session }) => {
    if (session === undefined) return;
    const state = sessions.find(session as SessionId)?.state;
    if (state !== "ready" && state !== "active") return;
    sessions
      .end(session as SessionId, "container-died")
      .catch((error: unknown) =>
        log.error({ event: "session-end", outcome: "failure", reason: describeError(error) }),
      );
  });

  const timer = setInterval(() => {
    round = reconcile()
      .then((report) => {
        latest = report;
        if (report.orphans + report.lost > 0)
          log.warn({ event: "reconcile", outcome: "success", ...report });
      })
      .catch((error: unknown) =>
        log.error({ event: "reconcile", outcome: "failure", reason: describeError(error) }),
      );
  }, everyMs);

  return {
    get latest() {
      return latest;
    },
    async [Symbol.asyncDispose]() {
      clearInterval(timer);
      stopEvents();
      await round;
    },
  };
}
