/** Finds the running engine behind a socket. */
import { compareVersions } from "./versions.ts";
import { createEngineApi, type EngineApi } from "./api.ts";
import { SetupError } from "../problems.ts";

/** Docker Engine 20.10: the first with everything that is used, and Debian 12's own. */
export const oldestApi = "1.41";

/** The engine, or undefined when none runs. Throws ENGINE_TOO_OLD, ENGINE_REFUSED. */
export async function findEngine(
  socketPath: string,
  signal: AbortSignal,
): Promise<EngineApi | undefined> {
  const engine = createEngineApi(socketPath);
  try {
    const { ApiVersion } = await engine.version(signal);
    if (compareVersions(ApiVersion, oldestApi) < 0)
      throw new SetupError("ENGINE_TOO_OLD", { found: ApiVersion, need: oldestApi });
    return engine;
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof SetupError) throw error;
    const code = (error as NodeJS.ErrnoException).code;
    // No socket, or one that a dead engine left behind.
    if (code === "ENOENT" || code === "ECONNREFUSED") return undefined;
    throw new SetupError(
      "ENGINE_REFUSED",
      { socket: socketPath, reason: code ?? String(error) },
      error,
    );
  }
}
