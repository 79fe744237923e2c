/**
 * Gives a new installation a policy to start from; what is there is the site's own and never touched. A
 * policy that does not load would leave every address refused, so a start stops here and says where.
 */
import { constants } from "node:fs";
import { copyFile, mkdir, readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { loadPolicy } from "../../policies/load.ts";
import { formatProblem } from "../../policies/problem.ts";
import type { Step } from "../context.ts";
import { SetupError } from "../problems.ts";

async function copyIfAbsent(from: string, to: string): Promise<boolean> {
  try {
    await copyFile(from, to, constants.COPYFILE_EXCL);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

async function stopAtMistakes(file: string): Promise<void> {
  const loaded = await loadPolicy(file);
  if (loaded.ok) return;
  const places = loaded.problems.map(formatProblem).join("\n");
  throw new SetupError("POLICY_INVALID", { file }, new Error(places));
}

export const policy: Step = {
  name: { ja: "ポリシー", en: "Policy" },
  async run(context) {
    const { root, dataDir, willListen } = context;
    const target = join(dataDir, "policy");
    const lists = join(root, "policies", "lists");
    await mkdir(join(target, "lists"), { recursive: true, mode: 0o755 });
    // Lists first: a policy without its lists would not load.
    for (const name of await readdir(lists))
      await copyIfAbsent(join(lists, name), join(target, "lists", name));
    const fresh = await copyIfAbsent(
      join(root, "policies", "presets", "allowlist-only.yaml"),
      join(target, "policy.yaml"),
    );
    if (willListen) await stopAtMistakes(resolve(dataDir, context.config().proxy.policyFile));
    return fresh ? { ja: "許可リスト方式で開始", en: "starting with an allow list" } : undefined;
  },
};
