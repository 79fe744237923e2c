/** Brings the machine to a running Docker Engine: finds it, or starts it, or installs and starts it. */
import { readFile } from "node:fs/promises";
import { checkDisk } from "../checks/disk.ts";
import { engineKeepBytes, engineNeedBytes } from "../checks/sizes.ts";
import { both } from "../../orchestrator/base/bilingual.ts";
import type { SetupContext, Step } from "../context.ts";
import type { EngineApi } from "../engine/api.ts";
import { engineSocket } from "../../orchestrator/config/engine-socket.ts";
import { findEngine } from "../engine/find-engine.ts";
import { startEngine } from "../engine/start-engine.ts";
import { installPackages, onPath } from "../packages/apt.ts";
import { SetupError } from "../problems.ts";
import { readImageRefs } from "../images/refs.ts";
import { stopAt } from "./preflight.ts";

/** Where the kernel has AppArmor the engine needs its parser, which the package only recommends. */
async function enginePackages(): Promise<string[]> {
  const apparmor = await readFile("/sys/module/apparmor/parameters/enabled", "utf8").catch(
    () => "N",
  );
  return ["docker.io", "mmdebstrap", ...(apparmor.trim() === "Y" ? ["apparmor"] : [])];
}

async function bringUp(context: SetupContext, onText: (text: string) => void): Promise<EngineApi> {
  const { logFile, signal } = context;
  const socketPath = engineSocket(context.config().engine.socket);
  const running = await findEngine(socketPath, signal);
  if (running !== undefined) return running;
  if (!(await onPath("dockerd"))) {
    stopAt(await checkDisk("/var/lib", engineNeedBytes, "DISK_FULL_ENGINE"));
    await installPackages(
      { packages: await enginePackages(), withoutApt: "NO_APT", logFile, onText },
      signal,
    );
    // Installing may have started it.
    const started = await findEngine(socketPath, signal);
    if (started !== undefined) return started;
  }
  return startEngine({ socketPath, logFile, onText }, signal);
}

export const engine: Step = {
  name: { ja: "コンテナエンジン", en: "Container engine" },
  async run(context, progress) {
    const api = await bringUp(context, (text) => progress(text));
    const facts = await api.info(context.signal);
    if (!(facts.SecurityOptions ?? []).some((option) => option.includes("seccomp")))
      throw new SetupError("NO_SECCOMP");
    const built = (await readImageRefs(context.dataDir)) !== undefined;
    stopAt(
      await checkDisk(
        facts.DockerRootDir,
        built ? engineKeepBytes : engineNeedBytes,
        "DISK_FULL_ENGINE",
      ),
    );
    context.found.engine = api;
    return both(`Docker Engine ${facts.ServerVersion}`);
  },
};
