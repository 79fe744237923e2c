/**
 * Length-prefixed frames: `u32 payload length (big endian) | u8 type | payload`. Used on control.sock
 * and on a sandbox's stdin and stdout. The reader enforces the limit before it keeps a byte, and never
 * buffers more than one frame plus what arrived with it.
 */
export const frameHeaderBytes = 5;

export interface Frame {
  readonly type: number;
  readonly payload: Buffer;
}

export function encodeFrame(type: number, payload: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(frameHeaderBytes + payload.length);
  frame.writeUInt32BE(payload.length, 0);
  frame.writeUInt8(type, 4);
  frame.set(payload, frameHeaderBytes);
  return frame;
}

export function encodeJsonFrame(type: number, value: unknown): Buffer {
  return encodeFrame(type, Buffer.from(JSON.stringify(value), "utf8"));
}

export class FrameTooLarge extends Error {
  override readonly name = "FrameTooLarge";
}

/** Push-parser for frames. `limitBytes` bounds one payload; a larger announced length throws FrameTooLarge. */
export class FrameReader {
  readonly #limitBytes: number;
  #chunks: Buffer[] = [];
  #buffered = 0;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  /** Bytes received that do not yet make a whole frame. */
  get pendingBytes(): number {
    return this.#buffered;
  }

  *push(chunk: Buffer): Generator<Frame> {
    this.#chunks.push(chunk);
    this.#buffered += chunk.length;
    for (;;) {
      if (this.#buffered < frameHeaderBytes) return;
      const header = this.#peek(frameHeaderBytes);
      const length = header.readUInt32BE(0);
      if (length > this.#limitBytes) throw new FrameTooLarge(`${length} > ${this.#limitBytes}`);
      if (this.#buffered < frameHeaderBytes + length) return;
      const whole = this.#take(frameHeaderBytes + length);
      yield { type: whole.readUInt8(4), payload: whole.subarray(frameHeaderBytes) };
    }
  }

  /** Whatever is left after the last whole frame; the reader is empty afterwards. */
  drain(): Buffer {
    return this.#take(this.#buffered);
  }

  #peek(count: number): Buffer {
    const first = this.#chunks[0];
    if (first && first.length >= count) return first;
    this.#chunks = [Buffer.concat(this.#chunks)];
    return this.#chunks[0] ?? Buffer.alloc(0);
  }

  #take(count: number): Buffer {
    if (count === 0) return Buffer.alloc(0);
    const all =
      this.#chunks.length === 1 && this.#chunks[0] ? this.#chunks[0] : Buffer.concat(this.#chunks);
    this.#chunks = count < all.length ? [all.subarray(count)] : [];
    this.#buffered -= count;
    return all.subarray(0, count);
  }
}
