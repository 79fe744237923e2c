/** How large a metafile says it is (EMF, WMF, StarView's own), as far as its header tells. Pure. */
export interface MetafileSize {
  readonly widthMm: number;
  readonly heightMm: number;
}

const millimetresPerInch = 25.4;
const screenDotsPerInch = 96;
/** Longer side of a picture that has a shape and no size. */
const unsizedMm = 120;

const sized = (width: number, height: number): MetafileSize | undefined => {
  const [widthMm, heightMm] = [Math.abs(width), Math.abs(height)];
  const fits = widthMm > 0 && heightMm > 0 && Number.isFinite(widthMm + heightMm);
  return fits ? { widthMm, heightMm } : undefined;
};

function shaped(width: number, height: number): MetafileSize | undefined {
  const longest = Math.max(Math.abs(width), Math.abs(height), 1);
  return sized((width * unsizedMm) / longest, (height * unsizedMm) / longest);
}

/** [MS-EMF] 2.2.9: Frame at 24 in hundredths of a millimetre, Bounds at 8 in pixels. */
function emfSize(bytes: Buffer): MetafileSize | undefined {
  if (bytes.length < 88) return undefined;
  const side = (at: number): number => bytes.readInt32LE(at + 8) - bytes.readInt32LE(at);
  const perPixel = millimetresPerInch / screenDotsPerInch;
  return sized(side(24) / 100, side(28) / 100) ?? sized(side(8) * perPixel, side(12) * perPixel);
}

/** [MS-WMF] 2.3.2.3: the box at 6, units per inch at 14. */
function placeableSize(bytes: Buffer): MetafileSize | undefined {
  if (bytes.length < 22) return undefined;
  const perUnit = millimetresPerInch / Math.max(bytes.readUInt16LE(14), 1);
  const side = (at: number): number =>
    (bytes.readInt16LE(at + 4) - bytes.readInt16LE(at)) * perUnit;
  return sized(side(6), side(8));
}

const setWindowExtent = 0x020c;

/** [MS-WMF] 2.3.5.30: the first META_SETWINDOWEXT gives the shape, in units of its own. */
function windowsSize(bytes: Buffer): MetafileSize | undefined {
  for (let at = 18; at + 10 <= bytes.length; ) {
    if (bytes.readUInt16LE(at + 4) === setWindowExtent)
      return shaped(bytes.readInt16LE(at + 8), bytes.readInt16LE(at + 6));
    at += Math.max(bytes.readUInt32LE(at), 3) * 2;
  }
  return undefined;
}

/** StarView: a map mode of the length it names at 18, then width and height. */
function starViewSize(bytes: Buffer): MetafileSize | undefined {
  const at = bytes.length < 30 ? bytes.length : 22 + bytes.readUInt32LE(18);
  return at + 8 > bytes.length
    ? undefined
    : shaped(bytes.readInt32LE(at), bytes.readInt32LE(at + 4));
}

/** Of a file that was identified as a metafile. A shape nobody can tell is a square. */
export function metafileSize(bytes: Buffer): MetafileSize {
  const square = { widthMm: unsizedMm, heightMm: unsizedMm };
  if (bytes.toString("latin1", 40, 44) === " EMF") return emfSize(bytes) ?? square;
  if (bytes.toString("latin1", 0, 6) === "VCLMTF") return starViewSize(bytes) ?? square;
  const placeable = bytes.readUInt32LE(0) === 0x9ac6cdd7;
  return (placeable ? placeableSize(bytes) : windowsSize(bytes)) ?? square;
}
