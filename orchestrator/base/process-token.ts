/**
 * Marks what belongs to which running process. The token stands in names of containers and folders and in
 * files; what a process left behind when it died can then be told from what a living one still uses.
 * Process number alone would not do: numbers come round again.
 */
import { readFileSync } from "node:fs";

const stateField = 0;
const startTimeField = 19;

/** Clock ticks after boot at which the process started; undefined when there is none, or only its remains. */
function startTimeOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "latin1");
    // The program's name, in parentheses, may hold anything; fields are counted behind it.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    return fields[stateField] === "Z" ? undefined : fields[startTimeField];
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

export const processTokenPattern = /[0-9]{1,10}x[0-9]{1,20}/;

/** Of this process, unless another is named. */
export function processToken(pid = process.pid): string {
  return `${pid}x${startTimeOf(pid) ?? "0"}`;
}

export function isProcessAlive(token: string): boolean {
  const [pid = "", started] = token.split("x");
  return started !== undefined && startTimeOf(Number(pid)) === started;
}
