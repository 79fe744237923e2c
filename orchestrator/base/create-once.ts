/** Files that are made once and never again, such as keys. */
import { linkSync, rmSync, statSync, writeFileSync } from "node:fs";

/**
 * Writes aside and links into place: the file appears whole, and of two processes starting at once one
 * wins and the other uses the winner's. Mode 0600.
 */
export function createOnce(path: string, make: () => string | Buffer): void {
  const aside = `${path}.${process.pid}.new`;
  if (statSync(path, { throwIfNoEntry: false })) return;
  writeFileSync(aside, make(), { mode: 0o600, flush: true });
  try {
    linkSync(aside, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  } finally {
    rmSync(aside);
  }
}
