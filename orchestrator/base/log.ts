/** The logger type that is injected everywhere; made once in main. */
import { pino } from "pino";

export type Log = pino.Logger;

/** JSON lines, appended to `file` or, without one, to stderr: stdout belongs to the commands' own output. */
export function createLog(level: string, file?: string): Log {
  const destination =
    file === undefined
      ? pino.destination(2)
      : pino.destination({ dest: file, mkdir: true, sync: true });
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, destination);
}
