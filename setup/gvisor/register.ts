/**
 * Registers gVisor with the container engine: one entry in the engine's configuration file, everything else
 * in it left as it is, then the engine is asked to read the file again. It does so without a restart, and no
 * container notices. Only done when asked for by name; what was there is kept beside it.
 */
import { copyFile, mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { dirname } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { gvisorArguments } from "../../orchestrator/engine/verify-gvisor.ts";
import type { EngineApi } from "../engine/api.ts";
import { SetupError } from "../problems.ts";

export const daemonFile = "/etc/docker/daemon.json";
const reloadMs = 10_000;
const lookEveryMs = 100;

const daemonConfig = z.looseObject({ runtimes: z.record(z.string(), z.unknown()).optional() });

export interface Registration {
  readonly engine: EngineApi;
  /** The engine's configuration file. */
  readonly file: string;
  readonly runsc: string;
  /** Makes the engine read its file again. */
  readonly reload: (signal: AbortSignal) => Promise<void>;
}

/** The file's text with the entry in it; undefined when it is there already. Throws ENGINE_FILE_DAMAGED. Pure. */
export function withRunsc(
  file: string,
  text: string | undefined,
  runsc: string,
): string | undefined {
  let config: z.infer<typeof daemonConfig>;
  try {
    config = daemonConfig.parse(JSON.parse(text?.trim() ? text : "{}"));
  } catch (error) {
    throw new SetupError("ENGINE_FILE_DAMAGED", { file }, error);
  }
  const entry = { path: runsc, runtimeArgs: [...gvisorArguments] };
  if (isDeepStrictEqual(config.runtimes?.["runsc"], entry)) return undefined;
  const runtimes = { ...config.runtimes, runsc: entry };
  return `${JSON.stringify({ ...config, runtimes }, null, 2)}\n`;
}

export async function isRegistered(engine: EngineApi, signal: AbortSignal): Promise<boolean> {
  return Object.hasOwn((await engine.info(signal)).Runtimes ?? {}, "runsc");
}

/** True when something was written. Throws GVISOR_NOT_REGISTERED when the engine does not take it up. */
export async function registerRunsc(
  { engine, file, runsc, reload }: Registration,
  signal: AbortSignal,
): Promise<boolean> {
  const former = await readFile(file, "utf8").catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  });
  const text = withRunsc(file, former, runsc);
  if (text === undefined && (await isRegistered(engine, signal))) return false;
  if (text !== undefined) {
    await mkdir(dirname(file), { recursive: true });
    if (former !== undefined) await copyFile(file, `${file}.before-hanare`);
    await writeFile(`${file}.new`, text, { mode: 0o644 });
    await rename(`${file}.new`, file);
  }
  await reload(signal);
  // The engine sends no word when it has read its file.
  const until = performance.now() + reloadMs;
  while (!(await isRegistered(engine, signal))) {
    if (performance.now() > until) throw new SetupError("GVISOR_NOT_REGISTERED", { file });
    await wait(lookEveryMs, undefined, { signal });
  }
  return true;
}
