/** Hears a viewer at the pace of its session; whoever floods waits, unread, and everybody else does not. */
import type { RawData, WebSocket } from "ws";
import type { Pace } from "./pace.ts";

export function hear(
  viewer: WebSocket,
  pace: Pace,
  take: (data: RawData, isBinary: boolean) => void,
): void {
  let resting: NodeJS.Timeout | undefined;
  viewer.on("message", (data, isBinary) => {
    take(data, isBinary);
    const waitMs = pace.heard(sizeOf(data));
    if (waitMs === 0) return;
    viewer.pause();
    // What had been read already is still heard, and makes the rest longer.
    clearTimeout(resting);
    resting = setTimeout(() => viewer.resume(), waitMs);
  });
  viewer.once("close", () => clearTimeout(resting));
}

function sizeOf(data: RawData): number {
  return Array.isArray(data) ? data.reduce((sum, { length }) => sum + length, 0) : data.byteLength;
}
