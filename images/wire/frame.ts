/**
 * Length-prefixed frames: `u32 payload length (big endian) | u8 type | payload`. Used on control.sock
 * and on a sandbox's stdin and stdout. The reader enforces the limit before it keeps a byte, and never
 * buffers more than one frame plus what arrived with it, in few pieces however small they came.
 */
export const frameHeaderBytes = 5;

/** Pieces smaller than this are joined as they arrive: a frame sent byte by byte costs no more memory. */
const joinBelowBytes = 64 * 1024;

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

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The JSON of a payload. Throws TypeError for bytes that are no UTF-8, SyntaxError for no JSON. */
export function decodeJson(payload: Uint8Array): unknown {
  return JSON.parse(utf8.decode(payload));
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

  /** Pieces those bytes lie in. */
  get pendingChunks(): number {
    return this.#chunks.length;
  }

  *push(chunk: Buffer): Generator<Frame> {
    this.#keep(chunk);
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

  /** Small neighbours are joined while the newer is the larger, so each byte is copied a few times at most. */
  #keep(chunk: Buffer): void {
    this.#buffered += chunk.length;
    let newest = chunk;
    for (;;) {
      const before = this.#chunks.at(-1);
      if (!before || before.length > newest.length || newest.length >= joinBelowBytes) break;
      this.#chunks.pop();
      newest = Buffer.concat([before, newest]);
    }
    this.#chunks.push(newest);
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
