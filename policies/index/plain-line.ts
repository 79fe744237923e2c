/** Which lines of a list are plainly canonical names, told from their bytes without making a string. Pure. */

/** 1: may stand inside a label, 2: dot, 3: newline, 0: anything that needs a closer look. */
const kinds = new Uint8Array(256);
for (const character of "abcdefghijklmnopqrstuvwxyz0123456789-") kinds[character.charCodeAt(0)] = 1;
kinds[46] = 2;
kinds[10] = 3;
const hyphen = 45;
export const star = 42;
export const dot = 46;

/**
 * Length of the line at `start` when it is nothing but a canonical name of two labels or more whose last
 * label begins with a letter; 0 when it needs a closer look or is not complete.
 */
export function plainLength(bytes: Buffer, start: number, end: number): number {
  let label = start;
  let labels = 0;
  let i = start;
  if (bytes[i] === star && bytes[i + 1] === dot) label = i += 2;
  else if (bytes[i] === dot) label = i += 1;
  for (; i < end; i++) {
    const kind = kinds[bytes[i] ?? 0];
    if (kind === 1) continue;
    if (kind === 0) return 0;
    const length = i - label;
    if (length === 0 || length > 63) return 0;
    if (bytes[label] === hyphen || bytes[i - 1] === hyphen) return 0;
    // "xn--" and the like in the third and fourth place are A-labels, which have to be decoded.
    if (length > 3 && bytes[label + 2] === hyphen && bytes[label + 3] === hyphen) return 0;
    labels++;
    if (kind === 3) break;
    label = i + 1;
  }
  const first = bytes[label] ?? 0;
  const isName = i < end && labels > 1 && first >= 97 && first <= 122 && i - start <= 253;
  return isName && !isLocalhost(bytes, label, i) ? i - start : 0;
}

function isLocalhost(bytes: Buffer, start: number, end: number): boolean {
  return end - start === 9 && bytes.toString("latin1", start, end) === "localhost";
}
