/**
 * Takes gVisor's `runsc` from Debian's own archive, on any Debian that has an older release: one package of
 * one pinned version, asked for through an apt of its own (sources, lists and cache in a scratch folder, the
 * machine's are not touched), checked by Debian's signature, and unpacked beside the data. Nothing of the
 * package is run or installed; its one program is static.
 */
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { aptProxy } from "../images/base-image.ts";
import { readMirrors } from "../packages/apt-sources.ts";
import { onPath } from "../packages/apt.ts";
import { SetupError } from "../problems.ts";
import { runCommand } from "../run-command.ts";

/** The version that was tried and measured; another is another decision. `+b7` is Debian's rebuild number. */
export const gvisorVersion = "0.0~20240729.0";
const packageVersion = /^0\.0~20240729\.0-4(?:\+b\d+)?$/;
const suite = "trixie";
const keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";

export interface FetchArgs {
  readonly dataDir: string;
  readonly logFile: string;
  readonly onText: (text: string) => void;
}

export const gvisorDirectory = (dataDir: string): string => join(dataDir, "gvisor", gvisorVersion);
export const runscPath = (dataDir: string): string => join(gvisorDirectory(dataDir), "runsc");

/** What the program itself says it is; undefined when it is not there or does not run. */
export async function runscVersion(
  path: string,
  logFile: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  let said = "";
  const onLine = (line: string): void => {
    said = /^runsc version (\S+)/.exec(line)?.[1] ?? said;
  };
  const { code } = await runCommand(path, ["--version"], { logFile, onLine }, signal);
  return code === 0 && said !== "" ? said : undefined;
}

/** Path of the program; fetched when it is not there. Throws GVISOR_FETCH_FAILED, NO_PACKAGE_MIRROR. */
export async function ensureRunsc(args: FetchArgs, signal: AbortSignal): Promise<string> {
  const path = runscPath(args.dataDir);
  if ((await runscVersion(path, args.logFile, signal)) === gvisorVersion) return path;
  if (!(await onPath("apt-get")) || !(await onPath("dpkg-deb")))
    throw new SetupError("GVISOR_FETCH_FAILED", { what: "apt-get, dpkg-deb" });
  await mkdir(join(args.dataDir, "gvisor"), { recursive: true });
  const scratch = await mkdtemp(join(args.dataDir, "gvisor", "fetch-"));
  try {
    await download(scratch, args, signal);
    await unpack(scratch, args, signal);
    const found = await runscVersion(join(scratch, "x/usr/bin/runsc"), args.logFile, signal);
    if (found !== gvisorVersion)
      throw new SetupError("GVISOR_FETCH_FAILED", { what: `runsc ${found ?? "?"}` });
    await mkdir(gvisorDirectory(args.dataDir), { recursive: true });
    await rename(join(scratch, "x/usr/bin/runsc"), path);
    return path;
  } finally {
    await rm(scratch, { recursive: true });
  }
}

async function download(
  scratch: string,
  { logFile, onText }: FetchArgs,
  signal: AbortSignal,
): Promise<void> {
  const { main } = await readMirrors();
  for (const each of ["lists/partial", "archives/partial"])
    await mkdir(join(scratch, each), { recursive: true });
  const sources = join(scratch, "sources.list");
  await writeFile(sources, `deb [signed-by=${keyring}] ${main} ${suite} main\n`);
  const proxy = await aptProxy();
  const own = [
    `Dir::Etc::sourcelist=${sources}`,
    "Dir::Etc::sourceparts=-",
    `Dir::State::lists=${join(scratch, "lists")}`,
    `Dir::Cache=${scratch}`,
    "Dir::State::status=/dev/null",
    "APT::Sandbox::User=root",
    "APT::Get::AllowUnauthenticated=false",
    "Acquire::AllowInsecureRepositories=false",
    "Acquire::Retries=2",
    "Acquire::http::Timeout=20",
    ...(proxy === "" ? [] : [`Acquire::http::Proxy=${proxy}`]),
  ].flatMap((each) => ["-o", each]);
  let candidate = "";
  const run = (program: string, args: readonly string[]) =>
    runCommand(
      program,
      [...own, ...args],
      {
        logFile,
        cwd: scratch,
        env: { LC_ALL: "C.UTF-8" },
        onLine: (line) => {
          candidate = /^\s*Candidate: (\S+)/.exec(line)?.[1] ?? candidate;
          onText(line.slice(0, 200));
        },
      },
      signal,
    );
  const updated = await run("apt-get", ["update"]);
  if (updated.code !== 0)
    throw new SetupError(
      "NO_PACKAGE_MIRROR",
      { what: `${main} ${suite}` },
      new Error(updated.tail),
    );
  await run("apt-cache", ["policy", "runsc"]);
  if (!packageVersion.test(candidate))
    throw new SetupError("GVISOR_FETCH_FAILED", { what: `runsc ${candidate || "?"} (${suite})` });
  // apt refuses what the signed index does not name by its hash.
  const fetched = await run("apt-get", ["download", `runsc=${candidate}`]);
  if (fetched.code !== 0)
    throw new SetupError("NO_PACKAGE_MIRROR", { what: "runsc" }, new Error(fetched.tail));
}

async function unpack(scratch: string, { logFile }: FetchArgs, signal: AbortSignal): Promise<void> {
  const file = (await readdir(scratch)).find((name) => /^runsc_.*\.deb$/.test(name)) ?? "";
  const unpacked = await runCommand(
    "dpkg-deb",
    ["-x", join(scratch, file), join(scratch, "x")],
    { logFile },
    signal,
  );
  if (unpacked.code !== 0)
    throw new SetupError("GVISOR_FETCH_FAILED", { what: file }, new Error(unpacked.tail));
}
