/**
 * How large the remote display is in a window of ours, known before there is a room to measure: the
 * toolbar is 96 pixels high (h-11 and h-13), the frame 3 pixels wide. Pure.
 */
export const headerPx = 96;
export const framePx = 3;

const [mostWidth, mostHeight, mostDensity] = [2560, 1440, 3];

/** As the contract has it (http/contract.ts). */
export interface ViewSize {
  readonly width: number;
  readonly height: number;
  readonly scalePct: number;
}

/** Browsers draw a frame in whole pixels of the screen. */
export function viewSize(windowWidth: number, windowHeight: number, pixelRatio: number): ViewSize {
  const frame = Math.floor(framePx * pixelRatio) / pixelRatio;
  return displaySize(windowWidth - 2 * frame, windowHeight - headerPx - frame, pixelRatio);
}

/** For a view in CSS pixels, kept within what the contract allows. */
export function displaySize(width: number, height: number, pixelRatio: number): ViewSize {
  const density = densityOf(width, height, pixelRatio);
  return {
    width: clamp(width * density, 320, mostWidth),
    height: clamp(height * density, 240, mostHeight),
    scalePct: Math.round(density * 100),
  };
}

/**
 * Pixels of the display for each CSS pixel of the view: the screen's own, so that text is as sharp as the
 * terminal's, or fewer where that would be a larger display than there is; then the terminal enlarges.
 */
export function densityOf(width: number, height: number, pixelRatio: number): number {
  return Math.max(1, Math.min(pixelRatio, mostDensity, mostWidth / width, mostHeight / height));
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, Math.round(value)));
}
