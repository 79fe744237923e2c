/**
 * YARA over the file itself and everything that was unpacked from it: one run over a folder of numbered copies,
 * with the rules compiled into this image. A run that fails or takes too long is an error, never "no match".
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Refusal } from "./context.ts";
import type { Rules } from "./run-job.ts";
import { runTool } from "./run-tool.ts";

const compiledRules = "/app/rules.yarc";
const ruleName = /^([A-Za-z0-9_]{1,64}) /m;

export const yaraRules =
  (workDir: string, seconds: number): Rules =>
  async (files) => {
    const dir = await mkdtemp(join(workDir, "rules-"));
    try {
      for (const [index, { bytes }] of files.entries())
        await writeFile(join(dir, String(index)), bytes);
      const result = await runTool(
        "/usr/bin/yara",
        ["--compiled-rules", "--no-warnings", "--threads=2", "--recursive", compiledRules, dir],
        { seconds, cwd: workDir, stdoutLimitBytes: 4 * 1024 ** 2 },
      );
      if (result.exitCode !== 0)
        throw new Refusal("failed", "engine-error", `yara: ${result.stderr.slice(0, 300)}`);
      return ruleName.exec(result.stdout.toString("utf8"))?.[1];
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  };
