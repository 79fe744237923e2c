/** Takes exact numbers of bytes from a stream. Throws an Error when it ends before. */
export class ByteReader {
  readonly #source: AsyncIterator<Buffer>;
  #waiting: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Buffer>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  async take(bytes: number): Promise<Buffer> {
    const pieces: Buffer[] = [];
    for await (const piece of this.pieces(bytes)) pieces.push(piece);
    return Buffer.concat(pieces);
  }

  /** The next `bytes` as they come. */
  async *pieces(bytes: number): AsyncGenerator<Buffer> {
    for (let left = bytes; left > 0; ) {
      if (this.#waiting.length === 0 && !(await this.#fill())) throw new Error("cut off");
      const piece = this.#waiting.subarray(0, left);
      this.#waiting = this.#waiting.subarray(piece.length);
      left -= piece.length;
      yield piece;
    }
  }

  /** What has come already. */
  *available(): Generator<Buffer> {
    const piece = this.#waiting;
    this.#waiting = Buffer.alloc(0);
    yield piece;
  }

  /** Whether the stream has ended. */
  async isOver(): Promise<boolean> {
    return this.#waiting.length === 0 && !(await this.#fill());
  }

  /** False at the end. */
  async #fill(): Promise<boolean> {
    for (;;) {
      const next = await this.#source.next();
      if (next.done === true) return false;
      this.#waiting = next.value;
      if (next.value.length > 0) return true;
    }
  }
}
