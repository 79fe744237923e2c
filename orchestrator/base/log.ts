/** The logger type that is injected everywhere; made once in main. */
import { pino } from "pino";

export type Log = pino.Logger;

/** Kept while the file cannot be written; what comes on top is dropped. */
const keptBytes = 1024 * 1024;
const tellEveryMs = 60_000;

/**
 * JSON lines, appended to `file` or, without one, to stderr: stdout belongs to the commands' own output.
 * A log that cannot be written (a full disk) ends nothing: it says so on stderr and goes on when it can.
 */
export function createLog(level: string, file?: string): Log {
  const destination =
    file === undefined
      ? pino.destination(2)
      : pino.destination({ dest: file, mkdir: true, sync: true, maxLength: keptBytes });
  let toldAt = Number.NEGATIVE_INFINITY;
  destination.on("error", (error: Error) => {
    if (performance.now() - toldAt < tellEveryMs) return;
    toldAt = performance.now();
    if (file !== undefined)
      process.stderr.write(`The log ${file} cannot be written: ${error.message}\n`);
  });
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, destination);
}
