/**
 * Where a body ends (RFC 9112 6.3), without the leniencies: what two readers could part differently is no
 * framing. Pure.
 */
import { valuesOf } from "../hop-by-hop.ts";
import type { RequestHead } from "../request-guard.ts";
import type { Framing } from "./body.ts";
import type { ResponseHead } from "./head.ts";

export function isLength(value: string | undefined): boolean {
  return value !== undefined && /^\d{1,15}$/.test(value);
}

/** Exactly one field with exactly this word: ",chunked" and "chunked, chunked" part parsers. */
export function isChunked(encodings: readonly string[]): boolean {
  return encodings.length === 1 && encodings[0]?.toLowerCase() === "chunked";
}

export function requestFraming(head: RequestHead): Framing {
  const [length] = valuesOf(head.rawHeaders, "content-length");
  // Anything odd is refused by the guard before a byte of the body is read.
  return valuesOf(head.rawHeaders, "transfer-encoding").length > 0
    ? { kind: "chunked" }
    : { kind: "length", length: Number(length ?? 0) };
}

/** Undefined is an answer that two readers could part differently. */
export function answerFraming(head: ResponseHead, method: string): Framing | undefined {
  const encodings = valuesOf(head.rawHeaders, "transfer-encoding");
  const lengths = valuesOf(head.rawHeaders, "content-length");
  if (lengths.length > 1 || !lengths.every(isLength)) return undefined;
  if (encodings.length > 0) {
    if (!isChunked(encodings) || lengths.length > 0 || head.httpVersion !== "1.1") return undefined;
  }
  if (method === "HEAD" || head.status === 204 || head.status === 304) return { kind: "none" };
  if (encodings.length > 0) return { kind: "chunked" };
  const [length] = lengths;
  return length === undefined
    ? { kind: "until-close" }
    : { kind: "length", length: Number(length) };
}
