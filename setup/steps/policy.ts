/** Gives a new installation a policy to start from. What is there is the site's own and never touched. */
import { constants } from "node:fs";
import { copyFile, mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import type { Step } from "../context.ts";

async function copyIfAbsent(from: string, to: string): Promise<boolean> {
  try {
    await copyFile(from, to, constants.COPYFILE_EXCL);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

export const policy: Step = {
  name: { ja: "ポリシー", en: "Policy" },
  async run({ root, dataDir }) {
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
    return fresh ? { ja: "許可リスト方式で開始", en: "starting with an allow list" } : undefined;
  },
};
