/**
 * Heads of requests and responses (RFC 9112), in the narrowest reading: CRLF and nothing else ends a
 * line, no folding, no space before a colon, no control character anywhere. Pure. What two parsers could
 * read in two ways is not read at all, because what is forwarded is written anew from what came out here.
 */
import type { RequestHead } from "../request-guard.ts";

export interface ResponseHead {
  readonly status: number;
  readonly rawHeaders: readonly string[];
  readonly httpVersion: string;
}

export type HeadFault =
  | "bare-line-break"
  | "control-character"
  | "header-fold"
  | "header-name"
  | "header-without-colon"
  | "method-invalid"
  | "request-line"
  | "status-line"
  | "version";

export type Parsed<T> = T | HeadFault;

/** CR or LF alone, or a control character. TAB may stand in values; the field rule below keeps it there. */
const forbidden = /\r(?!\n)|(?<!\r)\n|[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]/;
const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const crlf = "\r\n";

/** @param text from the first byte to before the empty line that ends the head, as latin1 */
export function parseRequestHead(text: string): Parsed<RequestHead> {
  const fault = faultIn(text, true);
  if (fault) return fault;
  const lineEnd = endOfLine(text, 0);
  const line = text.slice(0, lineEnd);
  const first = line.indexOf(" ");
  const last = line.lastIndexOf(" ");
  const method = first === -1 ? line : line.slice(0, first);
  if (method.length > 32 || !token.test(method)) return "method-invalid";
  const target = line.slice(first + 1, last);
  if (first === last || target === "" || target.includes(" ") || target.includes("\t")) {
    return "request-line";
  }
  const httpVersion = versionOf(line.slice(last + 1));
  if (httpVersion === undefined) return "version";
  const rawHeaders = parseFields(text, lineEnd);
  return typeof rawHeaders === "string" ? rawHeaders : { method, target, rawHeaders, httpVersion };
}

export function parseResponseHead(text: string): Parsed<ResponseHead> {
  const fault = faultIn(text, true);
  if (fault) return fault;
  const lineEnd = endOfLine(text, 0);
  const line = text.slice(0, lineEnd);
  const httpVersion = versionOf(line.slice(0, 8));
  if (httpVersion === undefined) return "version";
  if (!/^ [1-9]\d\d(?: |$)/.test(line.slice(8, 13))) return "status-line";
  const rawHeaders = parseFields(text, lineEnd);
  if (typeof rawHeaders === "string") return rawHeaders;
  return { status: Number(line.slice(9, 12)), rawHeaders, httpVersion };
}

/** What is wrong already, though the head has not ended: a peer that ends lines with LF would wait for ever. */
export function faultIn(text: string, isWhole: boolean): HeadFault | undefined {
  const found = forbidden.exec(text);
  if (!found) return undefined;
  // A CR at the very end may have its LF under way.
  if (!isWhole && found[0] === "\r" && found.index === text.length - 1) return undefined;
  return found[0] === "\r" || found[0] === "\n" ? "bare-line-break" : "control-character";
}

function versionOf(text: string): string | undefined {
  if (text === "HTTP/1.1") return "1.1";
  return text === "HTTP/1.0" ? "1.0" : undefined;
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf(crlf, from);
  return end === -1 ? text.length : end;
}

function parseFields(text: string, requestLineEnd: number): string[] | HeadFault {
  const fields: string[] = [];
  for (let at = requestLineEnd + 2; at < text.length; ) {
    const end = endOfLine(text, at);
    const first = text.charCodeAt(at);
    if (first === 0x20 || first === 0x09) return "header-fold";
    const colon = text.indexOf(":", at);
    if (colon === -1 || colon > end) return "header-without-colon";
    const name = text.slice(at, colon);
    if (!token.test(name)) return "header-name";
    fields.push(name, withoutSpace(text, colon + 1, end));
    at = end + 2;
  }
  return fields;
}

const isSpace = (code: number) => code === 0x20 || code === 0x09;

/** Optional white space around a value is SP and HTAB, nothing that `trim` also knows. */
function withoutSpace(text: string, from: number, to: number): string {
  let start = from;
  let end = to;
  while (start < end && isSpace(text.charCodeAt(start))) start += 1;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end -= 1;
  return text.slice(start, end);
}
