/**
 * One set-up at a time per data directory: a second one (npm test beside npm start) waits and then finds
 * everything done. The lock is a file lock of the kernel's, taken through SQLite because Node offers none
 * of its own; it goes with the process, however the process ends.
 */
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as wait } from "node:timers/promises";

const lookEveryMs = 250;

/** SQLITE_BUSY: somebody else holds it. */
const busy = 5;

export async function lockSetup(
  dataDir: string,
  onWait: () => void,
  signal: AbortSignal,
): Promise<Disposable> {
  const lock = new DatabaseSync(join(dataDir, "setup.lock"), { timeout: 0 });
  let told = false;
  for (;;) {
    try {
      lock.exec("BEGIN EXCLUSIVE");
      return { [Symbol.dispose]: () => lock.close() };
    } catch (error) {
      if ((error as { errcode?: number }).errcode !== busy) throw error;
    }
    if (!told) onWait();
    told = true;
    try {
      await wait(lookEveryMs, undefined, { signal });
    } catch (error) {
      lock.close();
      throw error;
    }
  }
}
