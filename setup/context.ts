/** What every step of the set-up gets, and what the steps find out for each other. Shapes only. */
import type { Config } from "../orchestrator/config/schema.ts";
import type { EngineApi } from "./engine/api.ts";
import type { Bilingual } from "../orchestrator/base/bilingual.ts";
import type { Report, StepReport } from "./report.ts";

export interface SetupContext {
  /** The source tree. */
  readonly root: string;
  readonly dataDir: string;
  /** Everything the programs the set-up runs have said. */
  readonly logFile: string;
  /** Whether the portal will be started afterwards. */
  readonly willListen: boolean;
  readonly report: Report;
  readonly signal: AbortSignal;
  config(): Config;
  engine(): EngineApi;
  readonly found: {
    config?: Config;
    engine?: EngineApi;
    administrator?: { readonly name: string; readonly oneTimePassword: string };
  };
}

export interface Step {
  readonly name: Bilingual;
  /** Idempotent. Returns a short note for the console, or nothing. */
  run(context: SetupContext, progress: StepReport["progress"]): Promise<Bilingual | undefined>;
}
