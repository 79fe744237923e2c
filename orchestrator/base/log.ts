/** The logger type that is injected everywhere; made once in main. */
import { pino } from "pino";

export type Log = pino.Logger;

/** JSON lines on stderr: stdout belongs to the commands' own output. */
export function createLog(level: string): Log {
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination(2));
}
