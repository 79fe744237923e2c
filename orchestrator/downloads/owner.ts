/**
 * Marks what belongs to which running process. The token stands in container and folder names; what a
 * process left behind when it died can then be told from what a living one still uses, the server's from
 * a `hanare sanitize` beside it. Process number alone would not do: numbers come round again.
 */
import { readFileSync } from "node:fs";

const startTimeField = 19;

/** Clock ticks after boot at which the process started; undefined when there is none. */
function startTimeOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The program's name, in parentheses, may hold anything; fields are counted behind it.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[startTimeField];
  } catch (error) {
    if (
      error instanceof Error &&
      "code" in error &&
      (error.code === "ENOENT" || error.code === "ESRCH")
    )
      return undefined;
    throw error;
  }
}

export const ownerPattern = /[0-9]{1,10}x[0-9]{1,20}/;

export function ownerToken(): string {
  return `${process.pid}x${startTimeOf(process.pid) ?? "0"}`;
}

export function isOwnerAlive(token: string): boolean {
  const [pid = "", started] = token.split("x");
  return started !== undefined && startTimeOf(Number(pid)) === started;
}
