/**
 * Installs Debian packages when the machine allows it. Says apart what people mend differently: no apt,
 * no package source that answers, and an installation that broke. apt's exit codes do not tell these
 * apart, so the work is split: is the package known, can it be fetched, can it be installed.
 */
import { access } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { type ProblemCode, SetupError } from "../problems.ts";
import { runCommand } from "../run-command.ts";

interface AptArgs {
  readonly packages: readonly string[];
  /** What to say when this machine has no apt. */
  readonly withoutApt: ProblemCode;
  readonly logFile: string;
  readonly onText: (text: string) => void;
}

/** Waits for another apt (unattended upgrades, usually) instead of failing. */
const patient = [
  "-o",
  "DPkg::Lock::Timeout=300",
  "-o",
  "Acquire::Retries=2",
  "-o",
  "Acquire::http::Timeout=20",
];
const quiet = { DEBIAN_FRONTEND: "noninteractive", NEEDRESTART_MODE: "a", LC_ALL: "C.UTF-8" };

export async function onPath(program: string): Promise<boolean> {
  for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
    if (folder === "") continue;
    const there = await access(join(folder, program)).then(
      () => true,
      () => false,
    );
    if (there) return true;
  }
  return false;
}

export async function installPackages(
  { packages, withoutApt, logFile, onText }: AptArgs,
  signal: AbortSignal,
): Promise<void> {
  if (!(await onPath("apt-get"))) throw new SetupError(withoutApt);
  const what = packages.join(" ");
  const run = (program: string, args: readonly string[]) =>
    runCommand(
      program,
      args,
      { logFile, env: quiet, onLine: (line) => onText(line.slice(0, 200)) },
      signal,
    );

  // Sources that have nothing to do with us may fail here; what matters is asked next.
  await run("apt-get", ["update", ...patient]);
  for (const name of packages) {
    const known = await run("apt-cache", ["show", "--no-all-versions", name]);
    if (known.code !== 0) throw new SetupError("NO_PACKAGE_MIRROR", { what: name });
  }
  const install = ["install", "-y", "--no-install-recommends", ...patient];
  const fetched = await run("apt-get", [...install, "--download-only", ...packages]);
  if (fetched.code !== 0)
    throw new SetupError("NO_PACKAGE_MIRROR", { what }, new Error(fetched.tail));
  const installed = await run("apt-get", [...install, ...packages]);
  if (installed.code !== 0) throw new SetupError("APT_FAILED", { what }, new Error(installed.tail));
}
