/**
 * A video file without a video encoder: a lossy WebP picture holds exactly one VP8 key frame, and a WebM
 * file is VP8 frames with times around them. Writes just what players need (RFC 8794, RFC 9559). Pure.
 */

interface Film {
  readonly width: number;
  readonly height: number;
  readonly framesPerSecond: number;
  /** VP8 key frames. */
  readonly frames: readonly Buffer[];
}

function idBytes(id: number): Buffer {
  const hex = id.toString(16);
  return Buffer.from(hex.padStart(hex.length + (hex.length % 2), "0"), "hex");
}

/** Sizes always take eight bytes: a valid, if generous, EBML length. */
function element(id: number, content: Buffer | readonly Buffer[]): Buffer {
  const body = Buffer.isBuffer(content) ? content : Buffer.concat(content);
  const size = Buffer.alloc(8);
  size.writeBigUInt64BE(BigInt(body.length) | (1n << 56n));
  return Buffer.concat([idBytes(id), size, body]);
}

function unsigned(id: number, value: number): Buffer {
  const content = Buffer.alloc(4);
  content.writeUInt32BE(value);
  return element(id, content);
}

function float(id: number, value: number): Buffer {
  const content = Buffer.alloc(8);
  content.writeDoubleBE(value);
  return element(id, content);
}

const text = (id: number, value: string): Buffer => element(id, Buffer.from(value, "latin1"));

/** The VP8 frame inside a lossy WebP file. Throws when there is none. */
export function vp8FrameOf(webp: Buffer): Buffer {
  let at = 12;
  while (at + 8 <= webp.length) {
    const size = webp.readUInt32LE(at + 4);
    if (webp.toString("latin1", at, at + 4) === "VP8 ") return webp.subarray(at + 8, at + 8 + size);
    // Chunks are padded to an even length.
    at += 8 + size + (size % 2);
  }
  throw new Error("not a lossy WebP");
}

function header(): Buffer {
  return element(0x1a45dfa3, [
    unsigned(0x4286, 1),
    unsigned(0x42f7, 1),
    unsigned(0x42f2, 4),
    unsigned(0x42f3, 8),
    text(0x4282, "webm"),
    unsigned(0x4287, 2),
    unsigned(0x4285, 2),
  ]);
}

function track({ width, height, framesPerSecond }: Film): Buffer {
  const video = element(0xe0, [unsigned(0xb0, width), unsigned(0xba, height)]);
  return element(0x1654ae6b, [
    element(0xae, [
      unsigned(0xd7, 1),
      unsigned(0x73c5, 1),
      unsigned(0x9c, 0),
      text(0x86, "V_VP8"),
      unsigned(0x83, 1),
      unsigned(0x23e383, Math.round(1e9 / framesPerSecond)),
      video,
    ]),
  ]);
}

function block(frame: Buffer, relativeMs: number): Buffer {
  const head = Buffer.alloc(4);
  head.writeUInt8(0x81, 0);
  head.writeInt16BE(relativeMs, 1);
  // Every frame is a key frame.
  head.writeUInt8(0x80, 3);
  return element(0xa3, [head, frame]);
}

export function makeWebm(film: Film): Buffer {
  const stepMs = 1000 / film.framesPerSecond;
  const info = element(0x1549a966, [
    unsigned(0x2ad7b1, 1_000_000),
    float(0x4489, film.frames.length * stepMs),
    text(0x4d80, "hanare"),
    text(0x5741, "hanare"),
  ]);
  // Times in a cluster are 16-bit: one cluster per second keeps them small and makes seeking easy.
  const clusters: Buffer[] = [];
  for (let first = 0; first < film.frames.length; first += film.framesPerSecond) {
    const start = Math.round(first * stepMs);
    const blocks = film.frames
      .slice(first, first + film.framesPerSecond)
      .map((frame, index) => block(frame, Math.round((first + index) * stepMs) - start));
    clusters.push(element(0x1f43b675, [unsigned(0xe7, start), ...blocks]));
  }
  return Buffer.concat([header(), element(0x18538067, [info, track(film), ...clusters])]);
}
