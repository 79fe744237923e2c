/** Runs the practice site as its own process and starts it again when it ends by itself. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { AppError } from "../orchestrator/base/errors.ts";
import type { Log } from "../orchestrator/base/log.ts";

export interface PracticeOptions {
  /** Its folder exists and is writable to `uid`. */
  readonly socketPath: string;
  readonly host: string;
  /** Uid and gid the process gives itself. */
  readonly uid: number;
  readonly log: Log;
}

const readyMs = 30_000;
const graceMs = 3000;
const firstPauseMs = 500;
const longestPauseMs = 30_000;

function spawnSite({ socketPath, host, uid, log }: PracticeOptions): ChildProcess {
  const child = fork(
    join(import.meta.dirname, "main.ts"),
    ["--socket", socketPath, "--host", host, "--uid", String(uid)],
    {
      // Nothing of this process's environment is the site's business.
      env: { NODE_ENV: "production" },
      execArgv: ["--disable-warning=ExperimentalWarning"],
      stdio: ["ignore", "ignore", "inherit", "ipc"],
      // Ctrl+C at the console is for the orchestrator, which then ends its children in order.
      detached: true,
    },
  );
  // Cannot be started (no processes or descriptors left): the caller's time-out says so.
  child.on("error", (error) =>
    log.error({ event: "practice-site", outcome: "failure", reason: error.message }),
  );
  return child;
}

const ended = (child: ChildProcess): boolean =>
  child.exitCode !== null || child.signalCode !== null;

/** Resolves once the site listens. Throws INTERNAL when it ends before, or takes too long. */
async function untilReady(child: ChildProcess): Promise<void> {
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), readyMs);
  try {
    const first = await Promise.race([
      once(child, "message", { signal: late.signal }).then(() => "ready"),
      once(child, "exit", { signal: late.signal }).then(() => "exit"),
    ]);
    if (first !== "ready")
      throw new AppError("INTERNAL", { detail: "the practice site ended while starting" });
  } catch (error) {
    if (!late.signal.aborted) throw error;
    throw new AppError("DEADLINE_EXCEEDED", { what: "practice site", ms: readyMs }, error);
  } finally {
    clearTimeout(timer);
    // Lets go of the listener that did not fire.
    late.abort();
  }
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (ended(child)) return;
  const gone = once(child, "exit");
  child.kill("SIGTERM");
  const force = setTimeout(() => child.kill("SIGKILL"), graceMs);
  await gone;
  clearTimeout(force);
}

/** Starts the site. Later deaths are logged and mended with growing pauses; disposing ends it for good. */
export async function startPractice(options: PracticeOptions): Promise<AsyncDisposable> {
  const { log } = options;
  const closing = new AbortController();
  let child = spawnSite(options);
  try {
    await untilReady(child);
  } catch (error) {
    await stopChild(child);
    throw error;
  }

  const keep = async (): Promise<void> => {
    let pauseMs = firstPauseMs;
    while (!closing.signal.aborted) {
      if (!ended(child)) await once(child, "exit", { signal: closing.signal });
      log.warn({
        event: "practice-site",
        outcome: "failure",
        reason: "ended",
        code: child.exitCode,
        signal: child.signalCode,
      });
      await wait(pauseMs, undefined, { signal: closing.signal });
      child = spawnSite(options);
      try {
        await untilReady(child);
        log.info({ event: "practice-site", outcome: "success", reason: "restarted" });
        pauseMs = firstPauseMs;
      } catch (error) {
        await stopChild(child);
        pauseMs = Math.min(pauseMs * 2, longestPauseMs);
        log.warn({ event: "practice-site", outcome: "failure", reason: "not-ready", error });
      }
    }
  };
  const kept = keep().catch((error: unknown) => {
    if (!closing.signal.aborted) log.error({ event: "practice-site", outcome: "failure", error });
  });

  return {
    async [Symbol.asyncDispose]() {
      closing.abort();
      await kept;
      await stopChild(child);
      // A site that had to be killed leaves its socket.
      await rm(options.socketPath, { force: true });
    },
  };
}
