/**
 * Gives a fresh installation its policy: copies a preset and the example lists into the data directory.
 * Touches nothing that exists: from the first day on these files belong to the site.
 */
import { constants, copyFile, mkdir } from "node:fs/promises";
import { join } from "node:path";

const here = import.meta.dirname;
const sources = [
  ["presets/allowlist-only.yaml", "policy.yaml"],
  ["lists/allow.txt", "lists/allow.txt"],
  ["lists/deny.txt", "lists/deny.txt"],
] as const;

/** @returns the files that were made, relative to `policyDir`; empty when all were there already */
export async function installPreset(policyDir: string): Promise<string[]> {
  await mkdir(join(policyDir, "lists"), { recursive: true });
  const made: string[] = [];
  for (const [from, to] of sources) {
    if (await copyIfAbsent(join(here, from), join(policyDir, to))) made.push(to);
  }
  return made;
}

async function copyIfAbsent(from: string, to: string): Promise<boolean> {
  try {
    await copyFile(from, to, constants.COPYFILE_EXCL);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  }
}
