/** Updates of a screen as bytes, fit or not: what a container may say. */

type Numbers = ArrayLike<number> & Iterable<number>;

export interface PartBytes {
  readonly kind: number;
  /** Everything after the kind; or what a picture is made of. */
  readonly bytes?: Numbers;
  readonly key?: number;
  readonly rects?: readonly (readonly [x: number, y: number, w: number, h: number])[];
  readonly data?: Numbers;
}

const u16 = (value: number): number[] => [(value >> 8) & 255, value & 255];
const u32 = (value: number): number[] => [...u16(value >>> 16), ...u16(value & 65_535)];

export function update(
  sequence: number,
  width: number,
  height: number,
  parts: readonly PartBytes[],
  lookedAtMs = 0,
): Buffer {
  const bytes = parts.flatMap(({ kind, bytes: plain, key, rects = [], data = [] }) => [
    kind,
    ...(plain ?? [
      ...(key === undefined ? [] : [key]),
      ...u16(rects.length),
      ...rects.flatMap((rect) => rect.flatMap(u16)),
      ...u32(data.length),
      ...data,
    ]),
  ]);
  return Buffer.from([
    ...u32(sequence),
    ...u32(lookedAtMs),
    ...u16(width),
    ...u16(height),
    ...bytes,
  ]);
}

/** The beginning of a PNG that claims this size, and no pixels. */
export function png(width: number, height: number): number[] {
  const start = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 73, 72, 68, 82];
  return [...start, ...u32(width), ...u32(height), 8, 2, 0, 0, 0, 1, 2, 3, 4, 0, 0, 0, 0];
}
