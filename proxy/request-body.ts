/**
 * The body of one request on its way to the origin: held until there is one, then taken out of the client's
 * framing and put into ours. What is held is bounded by its owner, who stops reading.
 */
import type { Socket } from "node:net";
import { asChunk, type BodyFault, bodyReader, type BodyReader, lastChunk } from "./http1/body.ts";
import { requestFraming } from "./http1/framing.ts";
import { hasBody, type RequestHead } from "./request-guard.ts";

export interface Forwarded {
  /** Bytes that went to the origin. */
  readonly sent: number;
  /** False: the origin takes no more for now. */
  readonly flowing: boolean;
  /** What lies behind the end of the body. */
  readonly rest: Buffer | undefined;
}

const empty = Buffer.alloc(0);

export class RequestBody {
  readonly #chunked: boolean;
  #reader: BodyReader | undefined;
  #held: Buffer = empty;

  constructor(head: RequestHead) {
    const framing = requestFraming(head);
    this.#chunked = framing.kind === "chunked";
    if (hasBody(head)) this.#reader = bodyReader(framing);
  }

  /** There is a body, and its end has not come yet. */
  get isOpen(): boolean {
    return this.#reader !== undefined;
  }

  hold(bytes: Buffer): void {
    this.#held = Buffer.concat([this.#held, bytes]);
  }

  takeHeld(): Buffer {
    const held = this.#held;
    this.#held = empty;
    return held;
  }

  forward(bytes: Buffer, origin: Socket): Forwarded | BodyFault {
    const taken = this.#reader?.take(bytes);
    if (taken === undefined) return { sent: 0, flowing: true, rest: bytes };
    if (typeof taken === "string") return taken;
    let sent = 0;
    let flowing = true;
    for (const part of taken.payload) {
      if (part.length === 0) continue;
      const framed = this.#chunked ? asChunk(part) : part;
      sent += framed.length;
      flowing = origin.write(framed);
    }
    if (taken.done) {
      this.#reader = undefined;
      if (this.#chunked) origin.write(lastChunk);
    }
    return { sent, flowing, rest: taken.rest };
  }
}
