/**
 * What an origin answers to one request: its head found among the bytes and read narrowly, its body taken out
 * of its framing and, where its length is not known, put into chunks of ours. Touches no socket.
 */
import { asChunk, bodyReader, type BodyReader, type Framing, lastChunk } from "./http1/body.ts";
import { answerFraming } from "./http1/framing.ts";
import { parseResponseHead, type ResponseHead } from "./http1/head.ts";
import type { RequestHead } from "./request-guard.ts";

/** A piece of the body as the client gets it. */
export interface Framed {
  readonly parts: readonly Buffer[];
  readonly done: boolean;
  /** Bytes behind the end of the answer, which nobody asked for. */
  readonly hasRest: boolean;
}

const maxHeadBytes = 64 * 1024;
const maxInterim = 8;
const empty = Buffer.alloc(0);

export class OriginAnswer {
  readonly #request: Pick<RequestHead, "method" | "httpVersion">;
  #pending: Buffer = empty;
  #interim = 0;
  #head: ResponseHead | undefined;
  #framing: Framing = { kind: "none" };
  #body: BodyReader | undefined;

  constructor(request: Pick<RequestHead, "method" | "httpVersion">) {
    this.#request = request;
  }

  /** The final one, once it is read. */
  get head(): ResponseHead | undefined {
    return this.#head;
  }

  /** Only the end of the connection is the end of the answer. */
  get isUntilClose(): boolean {
    return this.#framing.kind === "until-close";
  }

  /** Its length is not known when its head is sent on. */
  get isOpen(): boolean {
    return this.#framing.kind === "chunked" || this.isUntilClose;
  }

  /** It goes out in chunks, whatever it came in. */
  get isInChunks(): boolean {
    return this.isOpen && this.#request.httpVersion === "1.1";
  }

  /** @returns what came behind the final head; a text is why there is none */
  readHead(bytes: Buffer): Buffer | "incomplete" | "unreadable" {
    let pending = this.#pending.length === 0 ? bytes : Buffer.concat([this.#pending, bytes]);
    for (;;) {
      const end = pending.indexOf("\r\n\r\n");
      const known = end === -1 ? pending.length : end;
      if (known > maxHeadBytes) return "unreadable";
      if (end === -1) {
        this.#pending = pending;
        return "incomplete";
      }
      const head = parseResponseHead(pending.toString("latin1", 0, end));
      pending = pending.subarray(end + 4);
      // A switch of protocols that nobody asked for, or a head that could be read in two ways.
      if (typeof head === "string" || head.status === 101 || this.#interim > maxInterim)
        return "unreadable";
      if (head.status >= 200) return this.#begin(head) ? pending : "unreadable";
      this.#interim += 1;
    }
  }

  #begin(head: ResponseHead): boolean {
    const framing = answerFraming(head, this.#request.method);
    if (!framing) return false;
    this.#pending = empty;
    this.#head = head;
    this.#framing = framing;
    this.#body = bodyReader(framing);
    return true;
  }

  /** After the head. Undefined: the framing broke. */
  readBody(bytes: Buffer): Framed | undefined {
    const taken = this.#body?.take(bytes);
    if (taken === undefined || typeof taken === "string") return undefined;
    const { payload, done, rest } = taken;
    const filled = payload.filter((part) => part.length > 0);
    const parts = this.isInChunks ? filled.map(asChunk) : filled;
    if (done && this.isInChunks) parts.push(lastChunk);
    return { parts, done, hasRest: rest !== undefined };
  }
}
