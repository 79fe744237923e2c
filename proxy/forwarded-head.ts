/**
 * The heads of what is forwarded, written anew: requests from their judged target, answers from what may
 * travel on. Pure.
 */
import { endToEnd, valuesOf, viaWith } from "./hop-by-hop.ts";
import { isLength } from "./http1/framing.ts";
import { loginFields, type Parent } from "./parent/parents.ts";
import { fieldLines } from "./raw-response.ts";
import { hasBody, type HttpTarget, type RequestHead } from "./request-guard.ts";

/**
 * Up to and with the empty line.
 *
 * @param parent gets the absolute form, and its login
 */
export function requestText(
  head: RequestHead,
  target: HttpTarget,
  viaToken: string,
  parent?: Parent,
): string {
  const headers = requestHeaders(head, target, viaToken);
  if (!parent) return `${head.method} ${target.path} HTTP/1.1\r\n${fieldLines(headers)}\r\n`;
  headers.push(...loginFields(parent));
  // RFC 9112 3.2.4: OPTIONS for a whole server has no path in this form.
  const path = target.path === "*" ? "" : target.path;
  const line = `${head.method} http://${authorityOf(target)}${path} HTTP/1.1`;
  return `${line}\r\n${fieldLines(headers)}\r\n`;
}

/** Rebuilt: Host from the target, framing from what was parsed, our Via. */
export function requestHeaders(head: RequestHead, target: HttpTarget, viaToken: string): string[] {
  const headers = ["Host", authorityOf(target)];
  endToEnd(head.rawHeaders, "request", headers);
  headers.push("Via", viaWith(head.rawHeaders, `1.1 ${viaToken}`));
  const [length] = valuesOf(head.rawHeaders, "content-length");
  if (length !== undefined) headers.push("Content-Length", String(Number(length)));
  else if (hasBody(head)) headers.push("Transfer-Encoding", "chunked");
  return headers;
}

export function authorityOf(target: HttpTarget): string {
  const host = target.kind === "ipv6" ? `[${target.host}]` : target.host;
  return target.port === 80 ? host : `${host}:${target.port}`;
}

/** With the length, where the answer gives one that can be relied on. */
export function responseHeaders(rawHeaders: readonly string[], status: number): string[] {
  const headers = endToEnd(rawHeaders, "response");
  headers.push("Via", "1.1 hanare");
  const bodiless = status === 204 || status < 200;
  const chunked = valuesOf(rawHeaders, "transfer-encoding").length > 0;
  const lengths = valuesOf(rawHeaders, "content-length");
  if (!bodiless && !chunked && lengths.length === 1 && isLength(lengths[0])) {
    headers.push("Content-Length", String(Number(lengths[0])));
  }
  return headers;
}
