/**
 * The base of all images: a minimal Debian made by mmdebstrap from signed packages, handed to the engine
 * as one layer. The stream is closed only when mmdebstrap succeeded, so a half-made base never gets a name.
 */
import { createHash } from "node:crypto";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { PassThrough } from "node:stream";
import { imageNames } from "../../orchestrator/engine/labels.ts";
import { readMirrors, type DebianMirrors } from "../packages/apt-sources.ts";
import { installPackages, onPath } from "../packages/apt.ts";
import type { EngineApi } from "../engine/api.ts";
import { SetupError } from "../problems.ts";
import { runCommand } from "../run-command.ts";

interface BaseArgs {
  readonly suite: string;
  readonly engine: EngineApi;
  readonly logFile: string;
  readonly onText: (text: string) => void;
}

interface BaseRecipe {
  readonly suite: string;
  readonly include: readonly string[];
  readonly sources: readonly string[];
}

const keyring = "/usr/share/keyrings/debian-archive-keyring.gpg";

export function baseRecipe(suite: string, mirrors: DebianMirrors): BaseRecipe {
  return {
    suite,
    include: ["ca-certificates"],
    sources: [
      `deb ${mirrors.main} ${suite} main`,
      `deb ${mirrors.main} ${suite}-updates main`,
      `deb ${mirrors.security} ${suite}-security main`,
    ],
  };
}

export function baseTag(recipe: BaseRecipe): string {
  const hash = createHash("sha256").update(JSON.stringify(recipe)).digest("hex").slice(0, 16);
  return `${imageNames.base}:${recipe.suite}-${hash}`;
}

/** The proxy apt uses on this machine; empty where it uses none. */
export async function aptProxy(): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(
      "apt-config",
      ["dump", "--format", "%v%n", "Acquire::http::Proxy"],
      { timeout: 5000 },
    );
    return stdout.split("\n")[0]?.trim() ?? "";
  } catch {
    // No apt on this machine: no proxy of its either.
    return "";
  }
}

async function make(
  recipe: BaseRecipe,
  tag: string,
  { engine, logFile, onText }: BaseArgs,
  signal: AbortSignal,
): Promise<void> {
  const proxy = await aptProxy();
  const args = [
    "--variant=apt",
    "--mode=root",
    `--include=${recipe.include.join(",")}`,
    `--keyring=${keyring}`,
    ...(proxy === "" ? [] : [`--aptopt=Acquire::http::Proxy "${proxy}"`]),
    recipe.suite,
    "-",
    ...recipe.sources,
  ];
  const broken = new AbortController();
  const tar = new PassThrough();
  const imported = engine.importImage(tag, tar, AbortSignal.any([signal, broken.signal]));
  // Awaited below; until then a failure must not count as unhandled.
  imported.catch(() => undefined);
  const made = await runCommand(
    "mmdebstrap",
    args,
    {
      logFile,
      onLine: (line) => onText(line.slice(0, 200)),
      consume: async (stdout) => {
        for await (const chunk of stdout) {
          if (!tar.write(chunk))
            await Promise.race([new Promise((resolve) => tar.once("drain", resolve)), imported]);
        }
      },
    },
    signal,
  ).catch((error: unknown) => {
    broken.abort(error);
    throw error;
  });
  if (made.code !== 0) {
    const why = new SetupError(
      /apt-get update|Failed to fetch|Could not (resolve|connect)/i.test(made.tail)
        ? "NO_PACKAGE_MIRROR"
        : "BASE_FAILED",
      {
        suite: recipe.suite,
        what: recipe.sources[0] ?? "",
        log: logFile,
      },
    );
    broken.abort(why);
    throw why;
  }
  tar.end();
  await imported;
}

/** The tag of the base for `suite`; makes it when the engine does not have it. */
export async function ensureBase(args: BaseArgs, signal: AbortSignal): Promise<string> {
  const { suite, engine, logFile, onText } = args;
  const recipe = baseRecipe(suite, await readMirrors());
  const tag = baseTag(recipe);
  if ((await engine.findImage(tag, signal)) !== undefined) return tag;
  if (!(await onPath("mmdebstrap"))) {
    await installPackages(
      {
        packages: ["mmdebstrap", "debian-archive-keyring"],
        withoutApt: "NO_MMDEBSTRAP",
        logFile,
        onText,
      },
      signal,
    );
  }
  await make(recipe, tag, args, signal);
  return tag;
}
