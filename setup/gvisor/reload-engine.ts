/** Asks the machine's engine to read its configuration file again: by systemd, or by a signal to dockerd. */
import { access, readFile } from "node:fs/promises";
import { SetupError } from "../problems.ts";
import { runCommand } from "../run-command.ts";

const pidFiles = ["/run/hanare-dockerd.pid", "/run/docker.pid"];

/** The process that a pid file names, if it is a dockerd; a stale file may name anything. */
export async function dockerdPid(files: readonly string[] = pidFiles): Promise<number | undefined> {
  for (const file of files) {
    const pid = (await readFile(file, "utf8").catch(() => "")).trim();
    if (!/^\d+$/.test(pid)) continue;
    const name = await readFile(`/proc/${pid}/comm`, "utf8").catch(() => "");
    if (name.trim() === "dockerd") return Number(pid);
  }
  return undefined;
}

/** Throws ENGINE_RELOAD_FAILED. */
export async function reloadEngine(logFile: string, signal: AbortSignal): Promise<void> {
  const systemd = await access("/run/systemd/system").then(
    () => true,
    () => false,
  );
  if (systemd) {
    const done = await runCommand("systemctl", ["reload", "docker"], { logFile }, signal);
    if (done.code !== 0) throw new SetupError("ENGINE_RELOAD_FAILED", {}, new Error(done.tail));
    return;
  }
  const pid = await dockerdPid();
  if (pid === undefined) throw new SetupError("ENGINE_RELOAD_FAILED");
  process.kill(pid, "SIGHUP");
}
