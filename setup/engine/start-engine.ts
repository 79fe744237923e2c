/**
 * Starts an installed Docker Engine and waits until it answers: through systemd where that runs the
 * machine, otherwise `dockerd` itself, detached. The engine is the machine's and is never stopped by
 * Hanare: other programs may use it.
 */
import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";
import { access } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { SetupError } from "../problems.ts";
import { runCommand } from "../run-command.ts";
import type { EngineApi } from "./api.ts";
import { findEngine } from "./find-engine.ts";

interface StartArgs {
  readonly socketPath: string;
  readonly logFile: string;
  readonly onText: (text: string) => void;
}

const startMs = 60_000;
const lookEveryMs = 200;

async function underSystemd(): Promise<boolean> {
  return access("/run/systemd/system").then(
    () => true,
    () => false,
  );
}

/** Returns a function that says whether the process is still there. */
function startDaemon(log: string, socketPath: string): () => boolean {
  const out = openSync(log, "a");
  const child = spawn(
    "dockerd",
    ["--host", `unix://${socketPath}`, "--pidfile", "/run/hanare-dockerd.pid"],
    {
      detached: true,
      stdio: ["ignore", out, out],
    },
  );
  closeSync(out);
  let alive = true;
  const gone = (): void => {
    alive = false;
  };
  child.once("error", gone).once("exit", gone);
  child.unref();
  return () => alive;
}

/** Throws ENGINE_START_FAILED. The daemon has no event for "ready": its socket is asked until it answers. */
export async function startEngine(
  { socketPath, logFile, onText }: StartArgs,
  signal: AbortSignal,
): Promise<EngineApi> {
  let alive = (): boolean => true;
  let log = join(dirname(logFile), "dockerd.log");
  if (await underSystemd()) {
    log = "journalctl -u docker";
    onText("systemctl start docker");
    const started = await runCommand("systemctl", ["start", "docker"], { logFile }, signal);
    if (started.code !== 0)
      throw new SetupError("ENGINE_START_FAILED", { log: logFile }, new Error(started.tail));
  } else {
    onText("dockerd");
    alive = startDaemon(log, socketPath);
  }
  const until = performance.now() + startMs;
  while (alive() && performance.now() < until) {
    const engine = await findEngine(socketPath, signal);
    if (engine !== undefined) return engine;
    await wait(lookEveryMs, undefined, { signal });
  }
  throw new SetupError("ENGINE_START_FAILED", { log });
}
