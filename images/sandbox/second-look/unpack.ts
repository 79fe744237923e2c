/** What we packed, as libarchive unpacks it: neither our zip writer nor the library that reads packages. */
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readTar } from "../archive/tar.ts";
import { type JobContext, Refusal } from "../context.ts";
import { runTool } from "../run-tool.ts";
import type { OutputMember } from "./forbidden.ts";

export async function unpackByStranger(
  bytes: Buffer,
  { workDir, limits }: Pick<JobContext, "limits" | "workDir">,
): Promise<OutputMember[]> {
  const dir = join(workDir, "second-look");
  await mkdir(dir, { recursive: true });
  try {
    await writeFile(join(dir, "out.zip"), bytes);
    const args = ["-cf", "-", "--format=pax", "@out.zip"];
    const result = await runTool("/usr/bin/bsdtar", args, {
      seconds: limits.toolSeconds,
      cwd: dir,
      stdoutLimitBytes: limits.unpackedBytes,
    });
    if (result.exitCode !== 0) throw new Refusal("failed", "verifier-disagreed", "bsdtar");
    return readTar(result.stdout, { limits, budget: { members: 0, unpackedBytes: 0 } });
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}
