/** Free space where a path lies or will lie. */
import { statfs } from "node:fs/promises";
import { dirname } from "node:path";
import type { ProblemCode } from "../problems.ts";
import { fail, ok, type Finding } from "./finding.ts";
import { size } from "./sizes.ts";

/** Bytes an ordinary process may still write; looks at the nearest folder that exists. */
export async function freeBytes(path: string): Promise<number> {
  try {
    const found = await statfs(path);
    return found.bavail * found.bsize;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT" || dirname(path) === path) throw error;
    return freeBytes(dirname(path));
  }
}

export async function checkDisk(
  path: string,
  need: number,
  code: Extract<ProblemCode, "DISK_FULL_DATA" | "DISK_FULL_ENGINE">,
): Promise<Finding> {
  const free = await freeBytes(path);
  const detail = { ja: `${path}: 空き ${size(free)}`, en: `${path}: ${size(free)} free` };
  return free >= need
    ? ok(detail)
    : fail(detail, code, { path, free: size(free), need: size(need) });
}
