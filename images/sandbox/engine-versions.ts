/** Versions of what works inside, for the record of each verdict. Read from package files, no program is started. */
import { readFileSync } from "node:fs";
import sharp from "sharp";

function debianVersions(names: readonly string[]): Record<string, string> {
  const found: Record<string, string> = {};
  const status = readFileSync("/var/lib/dpkg/status", "utf8");
  for (const name of names) {
    const version = new RegExp(`^Package: ${name}\\n(?:.+\\n)*?Version: (.+)$`, "m").exec(
      status,
    )?.[1];
    if (version !== undefined) found[name] = version.slice(0, 64);
  }
  return found;
}

export function engineVersions(): Record<string, string> {
  return {
    node: process.versions.node,
    sharp: sharp.versions.sharp,
    vips: sharp.versions.vips,
    ...debianVersions(["qpdf", "poppler-utils", "libarchive-tools", "7zip", "yara"]),
  };
}
