/** Pool, line, machine and opening times in one shape, for the overview and the metrics. Pure. */
import type { LineView } from "./admission.ts";
import type { CostView } from "./cost.ts";
import type { OpenFigures } from "./figures.ts";
import type { PoolView } from "./pool.ts";
import { isBusy, type MachineFacts, type Room } from "./room.ts";

export interface CapacityView {
  readonly pool: PoolView;
  readonly line: LineView;
  readonly warm: OpenFigures;
  readonly cold: OpenFigures;
  readonly memory: {
    readonly totalBytes: number;
    readonly availableBytes: number;
    readonly reserveBytes: number;
    readonly sessionBytes: number;
    /** Sessions the average was taken over; 0 means estimated. */
    readonly measuredOn: number;
    /** How many more sessions the memory holds. */
    readonly room: number;
  };
  readonly processor: {
    readonly pressure: number | null;
    readonly load: number;
    readonly busy: boolean;
  };
}

export interface CapacityInput extends Pick<CapacityView, "pool" | "line" | "warm" | "cold"> {
  readonly machine: MachineFacts;
  readonly reserveBytes: number;
  readonly cost: CostView;
  readonly room: Room;
}

export function capacityView(input: CapacityInput): CapacityView {
  const { pool, line, warm, cold, machine, cost } = input;
  return {
    pool,
    line,
    warm,
    cold,
    memory: {
      totalBytes: machine.totalBytes,
      availableBytes: machine.availableBytes,
      reserveBytes: Math.round(input.reserveBytes),
      sessionBytes: cost.costBytes,
      measuredOn: cost.measuredOn,
      room: input.room.memoryRoom,
    },
    processor: { pressure: machine.cpuPressure, load: machine.load, busy: isBusy(machine) },
  };
}
