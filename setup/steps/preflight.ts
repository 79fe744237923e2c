/** Looks at the machine before anything is changed on it. The first thing that is wrong stops the set-up. */
import { constants } from "node:fs";
import { access, mkdir } from "node:fs/promises";
import { checkClock } from "../checks/clock.ts";
import { checkDisk } from "../checks/disk.ts";
import type { Finding } from "../checks/finding.ts";
import { checkMemory } from "../checks/memory.ts";
import { dataNeedBytes } from "../checks/sizes.ts";
import { checkUserNamespaces } from "../checks/user-namespaces.ts";
import type { Step } from "../context.ts";
import { SetupError } from "../problems.ts";
import { dirname, join } from "node:path";

/** Throws what a finding says when it says "fail". */
export function stopAt(finding: Finding): void {
  if (finding.level === "fail" && finding.problem)
    throw new SetupError(finding.problem.code, finding.problem.facts);
}

/** Data, keys, secrets and logs are the owner's alone. */
async function makeDataDir(path: string): Promise<void> {
  try {
    for (const name of ["log", "secrets"])
      await mkdir(join(path, name), { recursive: true, mode: 0o700 });
    await access(path, constants.W_OK);
  } catch (error) {
    throw new SetupError("DATA_NOT_WRITABLE", { path }, error);
  }
}

export const preflight: Step = {
  name: { ja: "実行環境の確認", en: "Machine" },
  async run({ dataDir, logFile }) {
    if (process.platform !== "linux")
      throw new SetupError("NOT_LINUX", { platform: process.platform });
    if (process.getuid?.() !== 0) throw new SetupError("NOT_ROOT");
    stopAt(await checkUserNamespaces());
    stopAt(await checkMemory());
    stopAt(await checkClock());
    stopAt(await checkDisk(dataDir, dataNeedBytes, "DISK_FULL_DATA"));
    await makeDataDir(dataDir);
    await mkdir(dirname(logFile), { recursive: true });
    return undefined;
  },
};
