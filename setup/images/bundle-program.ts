/** Makes one file of JavaScript from a program that goes into an image. Vite does it, as for the pages. */
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ImageRecipe } from "../../images/manifest.ts";
import { SetupError } from "../problems.ts";
import { runCommand } from "../run-command.ts";
import type { ContextFile } from "./context-files.ts";

export interface Bundled extends AsyncDisposable {
  readonly files: readonly ContextFile[];
}

/** Throws SetupError BUILD_FAILED. The file lives until disposed of. */
export async function bundleProgram(
  root: string,
  bundle: ImageRecipe["bundle"],
  logFile: string,
  signal: AbortSignal,
): Promise<Bundled> {
  if (!bundle) return { files: [], [Symbol.asyncDispose]: () => Promise.resolve() };
  const out = await mkdtemp(join(tmpdir(), "hanare-bundle-"));
  await using undo = new AsyncDisposableStack();
  undo.defer(() => rm(out, { recursive: true, force: true }));
  const { code, tail } = await runCommand(
    process.execPath,
    [
      join(root, "node_modules/vite/bin/vite.js"),
      "build",
      ...["--config", "images/vite.config.ts", "--ssr", bundle.entry, "--outDir", out],
      ...["--logLevel", "warn"],
    ],
    { logFile, cwd: root, env: { NODE_ENV: "production" } },
    signal,
  );
  if (code !== 0)
    throw new SetupError("BUILD_FAILED", { image: bundle.entry, log: logFile }, new Error(tail));
  const from = join(out, "bundle.mjs");
  const { size } = await stat(from);
  const kept = undo.move();
  return {
    files: [{ from, to: bundle.to, size, executable: false }],
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}
