/** Runs reconcile on a timer and when the engine says that a container died; ends sessions at once then. */
import { describeError } from "../base/errors.ts";
import type { SessionId } from "../base/ids.ts";
import type { Log } from "../base/log.ts";
import type { DeathFact, EngineClient } from "../engine/client.ts";
import type { SessionLink } from "./link.ts";
import type { ReconcileReport } from "./reconcile.ts";
import type { SessionService } from "./types.ts";

const everyMs = 10_000;
/** After the engine's stream of events ended. */
const resubscribeMs = 1000;

export interface EngineWatch extends AsyncDisposable {
  /** Counters of the latest round. */
  readonly latest: ReconcileReport;
}

/** What a death is told to. */
export interface Mourners extends Pick<SessionService, "end" | "find"> {
  link(id: SessionId): Pick<SessionLink, "containerDied"> | undefined;
}

export async function watchEngine(
  engine: EngineClient,
  sessions: Mourners,
  reconcile: () => Promise<ReconcileReport>,
  log: Log,
): Promise<EngineWatch> {
  let latest: ReconcileReport = { orphans: 0, lost: 0 };
  let round: Promise<void> = Promise.resolve();

  const endDead = async (id: SessionId, outOfMemory: boolean): Promise<void> => {
    const state = sessions.find(id)?.state;
    // Whoever makes it undoes it; only the waiting is cut short.
    if (state === "creating") sessions.link(id)?.containerDied();
    if (state === "ready" || state === "active")
      await sessions.end(id, outOfMemory ? "out-of-memory" : "container-died");
  };
  const onDeath = ({ session, outOfMemory }: DeathFact): void => {
    if (session === undefined) return;
    endDead(session as SessionId, outOfMemory).catch((error: unknown) =>
      log.error({ event: "session-end", outcome: "failure", reason: describeError(error) }),
    );
  };
  const look = (): Promise<void> => {
    round = reconcile()
      .then((report) => {
        latest = report;
        if (report.orphans + report.lost > 0)
          log.warn({ event: "reconcile", outcome: "success", ...report });
      })
      .catch((error: unknown) =>
        log.error({ event: "reconcile", outcome: "failure", reason: describeError(error) }),
      );
    return round;
  };
  let stopped = false;
  let again: NodeJS.Timeout | undefined;
  const onEnd = (): void => {
    if (stopped) return;
    log.warn({ event: "engine-events", outcome: "ended" });
    again = setTimeout(() => {
      engine.onDeath(onDeath, onEnd).then((stop) => {
        if (stopped) return stop();
        stopEvents = stop;
        // Whatever died while nobody listened.
        void look();
      }, onEnd);
    }, resubscribeMs);
  };
  let stopEvents = await engine.onDeath(onDeath, onEnd);

  const timer = setInterval(() => void look(), everyMs);

  return {
    get latest() {
      return latest;
    },
    async [Symbol.asyncDispose]() {
      stopped = true;
      clearInterval(timer);
      clearTimeout(again);
      stopEvents();
      await round;
    },
  };
}
