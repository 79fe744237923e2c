/**
 * How many more containers the machine holds, from what it says now. Pure.
 *
 * Memory: what is available, less a reserve for the host and less what those that are starting will take,
 * in units of what one session was measured to cost. Processors: a start is the dearest moment of a
 * container, so that only a few may start at once, and one after the other when everything queues for the
 * processors already. Nobody who needs no start is held up by busy processors.
 */
export interface MachineFacts {
  readonly totalBytes: number;
  readonly availableBytes: number;
  /** Share of the last ten seconds in which something waited for a processor; null where the kernel does not say. */
  readonly cpuPressure: number | null;
  /** Processes that run or want to, over the last minute. */
  readonly load: number;
  readonly cores: number;
}

export interface Room {
  readonly memoryRoom: number;
  readonly startRoom: number;
}

export interface RoomInput {
  readonly machine: MachineFacts;
  readonly reserveBytes: number;
  /** What one more session costs. */
  readonly costBytes: number;
  /** Containers that are being made and do not show in the machine's memory yet. */
  readonly starting: number;
}

const startsPerCore = 2;
/** Above these, one start at a time. */
const busyPressure = 0.8;
const busyLoadPerCore = 4;

export function roomOf({ machine, reserveBytes, costBytes, starting }: RoomInput): Room {
  const free = machine.availableBytes - reserveBytes - starting * costBytes;
  const atOnce = isBusy(machine) ? 1 : startsPerCore * machine.cores;
  return {
    memoryRoom: Math.max(0, Math.floor(free / costBytes)),
    startRoom: Math.max(0, atOnce - starting),
  };
}

/** Pressure says more than load where both are known: it forgets within seconds. */
export function isBusy({ cpuPressure, load, cores }: MachineFacts): boolean {
  return cpuPressure === null ? load / cores >= busyLoadPerCore : cpuPressure >= busyPressure;
}

/** An eighth of the machine, at most 2 GiB: two sandboxes at work and the host's own needs. */
export function defaultReserveBytes(totalBytes: number): number {
  return Math.min(2 * 1024 ** 3, totalBytes / 8);
}
