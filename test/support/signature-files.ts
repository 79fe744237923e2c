/** Files that look like ClamAV's databases from their first bytes on; nobody signed them. */
const months = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");
const two = (value: number): string => String(value).padStart(2, "0");

/** `07 Sep 2025 04-31 +0000` */
export const buildTime = (at: Date): string =>
  `${two(at.getUTCDate())} ${months[at.getUTCMonth()] ?? ""} ${at.getUTCFullYear()} ${two(at.getUTCHours())}-${two(at.getUTCMinutes())} +0000`;

export function packedDatabase(at: Date, version: number, signatures = 2_000_000): Buffer {
  const head = `ClamAV-VDB:${buildTime(at)}:${version}:${signatures}:90:${"0".repeat(32)}:x:builder:0`;
  return Buffer.from(head.padEnd(512, " "), "latin1");
}
