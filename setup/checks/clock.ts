/**
 * Whether the clock can be right. Certificates, audit records and package signatures all depend on it;
 * a dead clock battery shows as a year long gone.
 */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { fail, ok, warn, type Finding } from "./finding.ts";

/** No release of Hanare is older than this. */
const earliest = Date.parse("2026-01-01T00:00:00Z");
const latest = Date.parse("2056-01-01T00:00:00Z");

export function judgeClock(now: number): Finding {
  const text = new Date(now).toISOString();
  return now < earliest || now > latest ? fail(text, "CLOCK_WRONG", { now: text }) : ok(text);
}

/** "yes", "no", or undefined where systemd's time service cannot say. */
async function synchronised(): Promise<string | undefined> {
  try {
    const { stdout } = await promisify(execFile)(
      "timedatectl",
      ["show", "--property=NTPSynchronized", "--value"],
      { timeout: 2000 },
    );
    return stdout.trim();
  } catch {
    // No systemd here: nothing to report, another service may keep the time.
    return undefined;
  }
}

/** With `deep`, also asks the machine's time service. */
export async function checkClock(deep = false): Promise<Finding> {
  const found = judgeClock(Date.now());
  if (found.level !== "ok" || !deep) return found;
  const ntp = await synchronised();
  if (ntp === undefined) return found;
  const { ja, en } = found.detail;
  return ntp === "yes"
    ? ok({ ja: `${ja}、NTP で同期済み`, en: `${en}, NTP synchronised` })
    : warn(
        { ja: `${ja}、NTP で未同期`, en: `${en}, NTP not synchronised` },
        "CLOCK_UNSYNCHRONISED",
      );
}
