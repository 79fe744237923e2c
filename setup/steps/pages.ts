/** Builds the web pages into the data directory when their sources changed; swapped in whole. */
import { createHash } from "node:crypto";
import { readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import type { Step } from "../context.ts";
import { SetupError } from "../problems.ts";
import { runCommand } from "../run-command.ts";

/** What the pages are made from, besides packages, which the lock names. */
const inputs = ["orchestrator/web", "orchestrator/http/contract.ts", "package-lock.json"];

async function filesUnder(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true, recursive: true }).catch(
    (error: unknown) => {
      if ((error as NodeJS.ErrnoException).code === "ENOTDIR") return undefined;
      throw error;
    },
  );
  if (entries === undefined) return [path];
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

async function hashInputs(root: string): Promise<string> {
  const files = (await Promise.all(inputs.map((path) => filesUnder(join(root, path)))))
    .flat()
    .sort();
  const sum = createHash("sha256");
  for (const file of files)
    sum
      .update(`${relative(root, file)}\0`)
      .update(await readFile(file))
      .update("\0");
  return sum.digest("hex");
}

export const pages: Step = {
  name: { ja: "画面", en: "Web pages" },
  async run({ root, dataDir, logFile, signal }, progress) {
    const hash = await hashInputs(root);
    const target = join(dataDir, "web");
    const stamp = `${target}.inputs`;
    if ((await readFile(stamp, "utf8").catch(() => "")) === hash) return undefined;
    const fresh = `${target}.new`;
    progress("vite build");
    try {
      const built = await runCommand(
        process.execPath,
        [
          join(root, "node_modules/vite/bin/vite.js"),
          "build",
          "--config",
          "orchestrator/web/vite.config.ts",
          "--outDir",
          fresh,
          "--emptyOutDir",
          "--logLevel",
          "warn",
        ],
        { logFile, cwd: root, env: { NODE_ENV: "production" } },
        signal,
      );
      if (built.code !== 0)
        throw new SetupError("PAGES_FAILED", { log: logFile }, new Error(built.tail));
      // Without its stamp a break in between builds anew.
      await rm(stamp, { force: true });
      await rm(target, { recursive: true, force: true });
      await rename(fresh, target);
      await writeFile(stamp, hash);
    } finally {
      await rm(fresh, { recursive: true, force: true });
    }
    return undefined;
  },
};
