/** gVisor with an engine of the tests' own, registered by the set-up's own code. */
import { existsSync } from "node:fs";
import { defaultDataDir } from "../../orchestrator/config/load.ts";
import { runscPath } from "../../setup/gvisor/fetch.ts";
import { registerRunsc } from "../../setup/gvisor/register.ts";
import { type OwnEngine, whyNoOwnEngine } from "./own-engine.ts";

const runsc = runscPath(defaultDataDir());

/** Undefined where it can be tested. */
export function whyNoGvisor(): string | undefined {
  return existsSync(runsc) ? whyNoOwnEngine() : `${runsc} is absent; npm test fetches it`;
}

/** True when it was not registered before. */
export function registerGvisor(own: OwnEngine): Promise<boolean> {
  const reload = (): Promise<void> => {
    own.reload();
    return Promise.resolve();
  };
  return registerRunsc(
    { engine: own.api, file: own.configFile, runsc, reload },
    AbortSignal.timeout(60_000),
  );
}
