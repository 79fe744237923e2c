/**
 * Bodies, taken out of their framing piece by piece: by length, in chunks, or until the connection ends.
 * Keeps nothing but the unfinished line of a chunk. Extensions of chunks and trailers are read and
 * dropped; what is not exactly the grammar of RFC 9112 7.1 is a fault.
 */
export type Framing =
  | { readonly kind: "none" }
  | { readonly kind: "length"; readonly length: number }
  | { readonly kind: "chunked" }
  | { readonly kind: "until-close" };

export interface Taken {
  /** Payload in this piece; may be none. */
  readonly payload: readonly Buffer[];
  readonly done: boolean;
  /** What follows the end of the body. */
  readonly rest: Buffer | undefined;
}

export type BodyFault = "chunk-size" | "chunk-end" | "chunk-line-too-long" | "trailer";

export interface BodyReader {
  take(bytes: Buffer): Taken | BodyFault;
}

const nothing: readonly Buffer[] = [];
const maxLineBytes = 1024;
const maxTrailerBytes = 8 * 1024;
/** 2^52 bytes: no number in here is ever inexact. */
const maxSizeDigits = 13;

export function bodyReader(framing: Framing): BodyReader {
  switch (framing.kind) {
    case "none":
      return new LengthReader(0);
    case "length":
      return new LengthReader(framing.length);
    case "chunked":
      return new ChunkReader();
    case "until-close":
      return { take: (bytes) => ({ payload: [bytes], done: false, rest: undefined }) };
  }
}

class LengthReader implements BodyReader {
  #left: number;

  constructor(length: number) {
    this.#left = length;
  }

  take(bytes: Buffer): Taken {
    if (bytes.length <= this.#left) {
      this.#left -= bytes.length;
      return { payload: [bytes], done: this.#left === 0, rest: undefined };
    }
    const payload = this.#left === 0 ? nothing : [bytes.subarray(0, this.#left)];
    const rest = bytes.subarray(this.#left);
    this.#left = 0;
    return { payload, done: true, rest };
  }
}

class ChunkReader implements BodyReader {
  #state: "size" | "data" | "data-end" | "trailer" = "size";
  #line = "";
  #left = 0;
  #trailerBytes = 0;

  take(bytes: Buffer): Taken | BodyFault {
    const payload: Buffer[] = [];
    for (let at = 0; at < bytes.length; ) {
      if (this.#state === "data") {
        const part = bytes.subarray(at, at + this.#left);
        payload.push(part);
        at += part.length;
        this.#left -= part.length;
        if (this.#left === 0) this.#state = "data-end";
        continue;
      }
      const end = bytes.indexOf(10, at);
      const stop = end === -1 ? bytes.length : end + 1;
      this.#line += bytes.toString("latin1", at, stop);
      at = stop;
      if (this.#line.length > maxLineBytes) return "chunk-line-too-long";
      if (end === -1) break;
      const fault = this.#endOfLine();
      if (fault === "last") return { payload, done: true, rest: restOf(bytes, at) };
      if (fault) return fault;
    }
    return { payload, done: false, rest: undefined };
  }

  #endOfLine(): BodyFault | "last" | undefined {
    const line = this.#line;
    this.#line = "";
    if (this.#state === "data-end") {
      this.#state = "size";
      return line === "\r\n" ? undefined : "chunk-end";
    }
    if (this.#state === "trailer") {
      this.#trailerBytes += line.length;
      if (line === "\r\n") return "last";
      const isField = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+:[\t\x20-\x7e\x80-\xff]*\r\n$/.test(line);
      return isField && this.#trailerBytes <= maxTrailerBytes ? undefined : "trailer";
    }
    const size = /^([0-9a-fA-F]+)(?:[ \t]*;[\t\x20-\x7e\x80-\xff]*)?\r\n$/.exec(line)?.[1];
    if (size === undefined || size.length > maxSizeDigits) return "chunk-size";
    this.#left = Number.parseInt(size, 16);
    this.#state = this.#left === 0 ? "trailer" : "data";
    return undefined;
  }
}

function restOf(bytes: Buffer, at: number): Buffer | undefined {
  return at < bytes.length ? bytes.subarray(at) : undefined;
}

const chunkEnd = Buffer.from("\r\n");
export const lastChunk = Buffer.from("0\r\n\r\n");

/** One chunk around each piece. */
export function asChunk(part: Buffer): Buffer {
  return Buffer.concat([Buffer.from(`${part.length.toString(16)}\r\n`), part, chunkEnd]);
}
