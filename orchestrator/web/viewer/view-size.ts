/**
 * How large the remote display is in a window of ours, known before there is a room to measure: the
 * toolbar is 96 pixels high (h-11 and h-13), the frame 3 pixels wide. Pure.
 */
export const headerPx = 96;
export const framePx = 3;

export interface ViewSize {
  readonly width: number;
  readonly height: number;
}

/** Kept within what the contract allows. */
export function viewSize(windowWidth: number, windowHeight: number): ViewSize {
  return {
    width: clamp(windowWidth - 2 * framePx, 320, 2560),
    height: clamp(windowHeight - headerPx - framePx, 240, 1440),
  };
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, Math.round(value)));
}
