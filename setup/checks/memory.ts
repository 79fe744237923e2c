/** Whether one session and its sandboxes fit into memory now. */
import { readFile } from "node:fs/promises";
import { warn, fail, ok, type Finding } from "./finding.ts";
import { memoryNeedBytes, size } from "./sizes.ts";

/** Total and available bytes from the text of /proc/meminfo; unknown lines count as nothing. */
export function parseMeminfo(text: string): { total: number; available: number } {
  const kib = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB$`, "m").exec(text)?.[1] ?? "0");
  return { total: kib("MemTotal") * 1024, available: kib("MemAvailable") * 1024 };
}

/** Too small a machine fails; a machine that is merely busy warns, because memory comes back. */
export function judgeMemory({ total, available }: { total: number; available: number }): Finding {
  const detail = {
    ja: `${size(total)} のうち空き ${size(available)}`,
    en: `${size(available)} free of ${size(total)}`,
  };
  const facts = { total: size(total), free: size(available), need: size(memoryNeedBytes) };
  if (total < memoryNeedBytes) return fail(detail, "MEMORY_LOW", facts);
  return available < memoryNeedBytes / 2 ? warn(detail, "MEMORY_LOW", facts) : ok(detail);
}

export async function checkMemory(): Promise<Finding> {
  return judgeMemory(parseMeminfo(await readFile("/proc/meminfo", "utf8")));
}
