/**
 * gVisor, for those who want it. The program is only fetched when sessions are configured for it or it is
 * asked for; the engine's configuration is only written when it is asked for by name (`--gvisor`), and what
 * was written is said.
 */
import { both } from "../../orchestrator/base/bilingual.ts";
import type { SetupContext, Step } from "../context.ts";
import { ensureRunsc, gvisorVersion } from "../gvisor/fetch.ts";
import { daemonFile, isRegistered, registerRunsc } from "../gvisor/register.ts";
import { reloadEngine } from "../gvisor/reload-engine.ts";
import { describeProblem, SetupError } from "../problems.ts";

const name = { ja: "gVisor（runsc）", en: "gVisor (runsc)" };

/** `npm run setup -- --gvisor`. */
export const gvisorRegistered: Step = {
  name,
  async run(context, progress) {
    const { logFile, signal, dataDir, report } = context;
    const runsc = await ensureRunsc({ dataDir, logFile, onText: (text) => progress(text) }, signal);
    const wrote = await registerRunsc(
      {
        engine: context.engine(),
        file: daemonFile,
        runsc,
        reload: (each) => reloadEngine(logFile, each),
      },
      signal,
    );
    if (wrote)
      report.say({
        ja: `${daemonFile} に runsc を登録し、Docker Engine に読み直させました（再起動はしていません）。`,
        en: `Registered runsc in ${daemonFile} and had Docker Engine read it again (no restart).`,
      });
    return both(`runsc ${gvisorVersion}`);
  },
};

/** Where sessions are configured for it: it must be registered, and nothing is registered unasked. */
export const gvisorIfConfigured: Step = {
  name,
  async run(context) {
    if (context.config().sessions.runtime !== "runsc") return undefined;
    if (!(await isRegistered(context.engine(), context.signal)))
      throw new SetupError("GVISOR_NOT_REGISTERED", { file: daemonFile });
    return both("runsc");
  },
};

/** For the tests, which register it with an engine of their own; without it they say that they skip. */
export const gvisorForTests: Step = {
  name: { ja: "テスト用の gVisor", en: "gVisor for the tests" },
  async run({ dataDir, logFile, signal }: SetupContext, progress) {
    try {
      await ensureRunsc({ dataDir, logFile, onText: (text) => progress(text) }, signal);
      return both(`runsc ${gvisorVersion}`);
    } catch (error) {
      if (!(error instanceof SetupError)) throw error;
      const { ja, en } = describeProblem(error.code, error.facts);
      return {
        ja: `gVisor のテストは行いません: ${ja}`,
        en: `the gVisor tests will be skipped: ${en}`,
      };
    }
  },
};
