/** Reads hanare.yaml; a mistake in it stops the set-up before anything is built. */
import { finishRestore } from "../../orchestrator/backup/put-in-place.ts";
import { isAppError } from "../../orchestrator/base/errors.ts";
import { loadConfig } from "../../orchestrator/config/load.ts";
import { checkPort } from "../checks/port.ts";
import type { Step } from "../context.ts";
import { chooseLanguage, linesFor } from "../language.ts";
import { SetupError } from "../problems.ts";
import { join } from "node:path";
import { stopAt } from "./preflight.ts";

export const configuration: Step = {
  name: { ja: "設定の読み込み", en: "Configuration" },
  async run(context) {
    await finishRestore(context.dataDir);
    const file = join(context.dataDir, "hanare.yaml");
    try {
      context.found.config = await loadConfig(context.dataDir);
    } catch (error) {
      if (!isAppError(error, "CONFIG_INVALID")) throw error;
      const { detail: en = "", detailJa: ja = en } = error.context;
      const detail = linesFor(chooseLanguage(), { ja: String(ja), en: String(en) });
      throw new SetupError(
        "CONFIG_INVALID",
        { file, editor: process.env["EDITOR"] ?? "vi" },
        new Error(detail.join("\n")),
      );
    }
    const { host, port } = context.config().listen;
    if (context.willListen) stopAt(await checkPort({ host, port, configFile: file }));
    return undefined;
  },
};
