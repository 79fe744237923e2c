/**
 * The proxy of an orchestrator that died ends by itself when its channel closes. This makes sure: until it
 * is gone it might still hold a session's socket, or take the place of the one that its successor makes.
 */
import { readFile, writeFile } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";
import { deadline } from "../base/deadline.ts";
import { isProcessAlive, processToken, processTokenPattern } from "../base/process-token.ts";

const goneMs = 5000;
/** The kernel has no event for the end of a process that is not one's child. */
const lookEveryMs = 5;

/** Resolves when the process named in `file` is gone; true when it had to be killed. Throws DEADLINE_EXCEEDED. */
export async function endFormerProxy(file: string): Promise<boolean> {
  const token = await readToken(file);
  if (token === undefined || !isProcessAlive(token)) return false;
  process.kill(Number(token.split("x")[0]), "SIGKILL");
  const limit = deadline(goneMs, "end of the former proxy");
  while (isProcessAlive(token)) {
    limit.throwIfAborted();
    await wait(lookEveryMs);
  }
  return true;
}

export function rememberProxy(file: string, pid: number): Promise<void> {
  return writeFile(file, processToken(pid), { mode: 0o600 });
}

async function readToken(file: string): Promise<string | undefined> {
  try {
    return processTokenPattern.exec(await readFile(file, "utf8"))?.[0];
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
