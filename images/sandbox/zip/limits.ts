/**
 * The bomb limits of sanitizer.md §6.3, on what an archive's directory declares. Pure. A directory that
 * lies is caught when a member is read: reading stops at the declared size.
 */
import type { SandboxLimits } from "../../wire/sandbox-limits.ts";
import { Refusal } from "../context.ts";
import type { ZipDirectory } from "./directory.ts";

export function checkZipLimits(directory: ZipDirectory, limits: SandboxLimits): void {
  const { entries, packedBytes, sizeBytes } = directory;
  if (entries.length > limits.members)
    throw new Refusal("blocked", "member-limit", `${entries.length}`);
  if (sizeBytes > limits.unpackedBytes)
    throw new Refusal("blocked", "ratio-limit", `${sizeBytes} bytes`);
  if (sizeBytes > limits.ratioFromBytes && sizeBytes > packedBytes * limits.ratio) {
    throw new Refusal("blocked", "ratio-limit", "overall");
  }
  for (const entry of entries) {
    const big = entry.sizeBytes > 1024 * 1024;
    if (big && entry.sizeBytes > entry.packedBytes * limits.entryRatio) {
      throw new Refusal("blocked", "ratio-limit", "one member");
    }
  }
}
