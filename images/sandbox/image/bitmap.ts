/** Windows bitmaps without compression, 1 to 32 bits a pixel, to RGBA. Every size is checked first. Pure. */
import { Refusal } from "../context.ts";

export interface Bitmap {
  readonly width: number;
  readonly height: number;
  readonly rgba: Buffer;
}

const damaged = (detail: string): Refusal => new Refusal("blocked", "damaged", `bitmap ${detail}`);

interface Header {
  readonly offset: number;
  readonly width: number;
  readonly height: number;
  readonly topDown: boolean;
  readonly bits: number;
  readonly palette: Buffer;
  readonly paletteEntryBytes: number;
}

function readHeader(bytes: Buffer, pixelLimit: number): Header {
  if (bytes.length < 54) throw damaged("too short");
  const headerSize = bytes.readUInt32LE(14);
  const core = headerSize === 12;
  if (!core && headerSize < 40) throw damaged("header");
  const width = core ? bytes.readUInt16LE(18) : bytes.readInt32LE(18);
  const signedHeight = core ? bytes.readUInt16LE(20) : bytes.readInt32LE(22);
  const bits = bytes.readUInt16LE(core ? 24 : 28);
  const compression = core ? 0 : bytes.readUInt32LE(30);
  const height = Math.abs(signedHeight);
  if (width < 1 || height < 1 || ![1, 4, 8, 24, 32].includes(bits)) throw damaged("kind");
  if (compression !== 0 && !(compression === 3 && bits === 32)) throw damaged("compression");
  if (width * height > pixelLimit) throw new Refusal("blocked", "pixel-limit");
  const offset = bytes.readUInt32LE(10);
  const palette = bytes.subarray(14 + headerSize, Math.max(offset, 14 + headerSize));
  const paletteEntryBytes = core ? 3 : 4;
  return { offset, width, height, topDown: signedHeight < 0, bits, palette, paletteEntryBytes };
}

export function decodeBitmap(bytes: Buffer, pixelLimit: number): Bitmap {
  const header = readHeader(bytes, pixelLimit);
  const { offset, width, height, topDown, bits, palette, paletteEntryBytes } = header;
  const rowBytes = Math.ceil((width * bits) / 32) * 4;
  if (offset + rowBytes * height > bytes.length) throw damaged("cut off");
  const rgba = Buffer.alloc(width * height * 4, 255);
  for (let y = 0; y < height; y += 1) {
    const row = offset + rowBytes * (topDown ? y : height - 1 - y);
    for (let x = 0; x < width; x += 1) {
      const to = (y * width + x) * 4;
      if (bits >= 24) {
        const from = row + x * (bits / 8);
        rgba[to] = bytes[from + 2] ?? 0;
        rgba[to + 1] = bytes[from + 1] ?? 0;
        rgba[to + 2] = bytes[from] ?? 0;
        continue;
      }
      const perByte = 8 / bits;
      const byte = bytes[row + Math.floor(x / perByte)] ?? 0;
      const index = (byte >> (8 - bits * ((x % perByte) + 1))) & ((1 << bits) - 1);
      const from = index * paletteEntryBytes;
      rgba[to] = palette[from + 2] ?? 0;
      rgba[to + 1] = palette[from + 1] ?? 0;
      rgba[to + 2] = palette[from] ?? 0;
    }
  }
  return { width, height, rgba };
}
