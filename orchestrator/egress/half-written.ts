/**
 * Tells a file that somebody is still writing from one that is done, by what a program leaves that empties a file
 * and then fills it: nothing yet, or a last line without its end. A deny list read in that moment would deny nothing.
 */
import { open } from "node:fs/promises";

/** Whoever has not written for so long has ended; a file may well be empty, or lack its last line end. */
export const settledAfterMs = 1000;

/** False for files that are not there, and for all that are older than `settledAfterMs`. */
export async function isHalfWritten(path: string, now: number): Promise<boolean> {
  const file = await open(path).catch(() => undefined);
  if (!file) return false;
  try {
    const { size, mtimeMs } = await file.stat();
    if (now - mtimeMs > settledAfterMs) return false;
    if (size === 0) return true;
    const { buffer, bytesRead } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
    return bytesRead === 1 && buffer[0] !== 0x0a;
  } finally {
    await file.close();
  }
}
