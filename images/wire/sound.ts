/**
 * Sound as the session container sends it: Opus packets of 20 ms, each with its number, parsed at the gateway
 * and again in the viewer by this one module, which never decodes one. Pure; the container's program
 * (browser/sound) has the same numbers.
 *
 * A payload is `u32 sequence | u32 taken-at | one Opus packet`. Silence is left out; the numbers count it. When
 * the page handed it over is in milliseconds of the container's clock, which screen.ts has as well.
 */

/** Frame type on a `sound` connection; on a viewer's WebSocket the first byte of each message. */
export const soundFrame = 26;

/** Of 48,000 samples a second, in two channels. */
export const packetMs = 20;
/** RFC 6716, 3.2.1: a frame has at most 1275 bytes, and one byte says what it is. */
const largestPacketBytes = 1276;
const headBytes = 8;
export const soundFrameLimitBytes = headBytes + largestPacketBytes;

export interface SoundPacket {
  readonly sequence: number;
  /** Of the container's clock, modulo 2^32. */
  readonly takenAtMs: number;
  readonly data: Uint8Array;
}

/** The bytes are not what this module describes. */
export class UnfitSound extends Error {
  override readonly name = "UnfitSound";
}

/** Throws UnfitSound. */
export function parseSound(payload: Uint8Array): SoundPacket {
  if (payload.length <= headBytes || payload.length > soundFrameLimitBytes)
    throw new UnfitSound("length");
  const view = new DataView(payload.buffer, payload.byteOffset, payload.byteLength);
  if (!isOneFrameOf20Ms(view.getUint8(headBytes))) throw new UnfitSound("packet");
  return {
    sequence: view.getUint32(0),
    takenAtMs: view.getUint32(4),
    data: payload.subarray(headBytes),
  };
}

/** The first byte of a packet (RFC 6716, 3.1): five bits of configuration, one for stereo, two for the count of frames. */
function isOneFrameOf20Ms(first: number): boolean {
  const configuration = first >> 3;
  const frames = first & 3;
  if (frames !== 0) return false;
  if (configuration < 12) return configuration % 4 === 1;
  return configuration < 16 ? configuration % 2 === 1 : configuration % 4 === 3;
}
