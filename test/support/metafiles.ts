/** A red box that fills its picture, as EMF and as WMF. */
const record = (type: number, ...values: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(8 + values.length * 4);
  bytes.writeUInt32LE(type, 0);
  bytes.writeUInt32LE(bytes.length, 4);
  for (const [index, value] of values.entries()) bytes.writeInt32LE(value, 8 + index * 4);
  return bytes;
};

const red = 0x0000ff;

/** [MS-EMF]: header, a solid brush, a rectangle, the end. One unit is a hundredth of a millimetre. */
export function emfOf(widthMm: number, heightMm: number): Buffer {
  const [right, bottom] = [widthMm * 100, heightMm * 100];
  const body = [
    record(39, 1, 0, red, 0),
    record(37, 1),
    record(43, 0, 0, right, bottom),
    record(14, 0, 16, 20),
  ];
  const size = 108 + body.reduce((sum, each) => sum + each.length, 0);
  const header = record(
    ...([1, 0, 0, right, bottom, 0, 0, right, bottom] as const),
    ...([0x464d4520, 0x10000, size, body.length + 1, 2, 0, 0, 0] as const),
    // A device of 2 m, so that its pixels are those hundredths.
    ...([200_000, 200_000, 2000, 2000, 0, 0, 0, 2_000_000, 2_000_000] as const),
  );
  return Buffer.concat([header, ...body]);
}

const words = (...values: readonly number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 2);
  for (const [index, value] of values.entries()) bytes.writeUInt16LE(value, index * 2);
  return bytes;
};

/** [MS-WMF] with the header that gives it a place: 1440 units to the inch. */
export function wmfOf(widthUnits: number, heightUnits: number): Buffer {
  const records = [
    words(5, 0, 0x020b, 0, 0),
    words(5, 0, 0x020c, heightUnits, widthUnits),
    words(7, 0, 0x02fc, 0, red & 0xffff, 0, 0),
    words(4, 0, 0x012d, 0),
    words(7, 0, 0x041b, heightUnits, widthUnits, 0, 0),
    words(3, 0, 0),
  ];
  const length = 9 + records.reduce((sum, each) => sum + each.length / 2, 0);
  const place = [0xcdd7, 0x9ac6, 0, 0, 0, widthUnits, heightUnits, 1440, 0, 0];
  const checksum = place.reduce((sum, each) => sum ^ each, 0);
  return Buffer.concat([
    words(...place, checksum),
    words(1, 9, 0x0300, length & 0xffff, length >> 16, 1, 7, 0, 0),
    ...records,
  ]);
}
